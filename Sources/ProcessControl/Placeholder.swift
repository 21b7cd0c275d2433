enum PlaceholderProcessControl {}
