"""The language server as an editor sees it: a client, a stream of messages in any order, and what answers cost."""
