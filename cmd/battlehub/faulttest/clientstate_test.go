package faulttest

import (
	"battlehub/hub"
)

// What tests ask of a client while it runs, and do to it.

// position is the client's cursor.
func (c *client) position() hub.Position {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cursor
}

// reached reports whether the client is connected and has all up to a position.
func (c *client) reached(pos hub.Position) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.conn != nil && c.cursor.Compare(pos) >= 0
}

// drop ends the connection without a word, as a network does.
func (c *client) drop() {
	c.mu.Lock()
	conn := c.conn
	c.mu.Unlock()
	if conn != nil {
		conn.CloseNow()
	}
}

// leave ends the connection and keeps the client away until it returns.
func (c *client) leave() {
	c.door.shut()
	c.drop()
}

func (c *client) comeBack() { c.door.open() }

// at names the node that the client heard last.
func (c *client) at() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.history.frames); n > 0 {
		return c.history.frames[n-1].node
	}
	return ""
}

// dropped is how many of its connections have ended.
func (c *client) dropped() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.drops
}

// gaps counts the gaps that the client was told.
func (c *client) gaps() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.history.frames {
		if c.history.frames[i].typ == hub.FrameGap {
			n++
		}
	}
	return n
}

// stop ends the client and waits for it. It may be called again.
func (c *client) stop() {
	c.mu.Lock()
	c.history.connected = c.history.connected || c.conn != nil
	c.mu.Unlock()
	c.quit()
	c.loop.Wait()
	c.http.CloseIdleConnections()
}

// told returns all that the client was sent. It must have stopped.
func (c *client) told() history { return c.history }
