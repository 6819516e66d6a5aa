"""What tests are made with: stores, servers, proxies, files; nothing here is a test."""
