package hub

// Head is the position up to which the hub has applied the app's log.
func (h *Hub) Head(app App) Position { return h.feeds[app].head() }
