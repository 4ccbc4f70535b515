"""Where orders come from: shops, marketplaces, stores."""
