"""Pages and endpoints of sittings, by the moment they belong to."""
