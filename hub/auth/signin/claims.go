package signin

import (
	"strings"
	"time"
)

// claims are what a verified ID token says.
type claims map[string]any

// at returns the claim at a path. A dot leads into an object, as in realm_access.roles, or is
// part of a name, as in https://example.com/roles: the longest name that there is counts.
func (c claims) at(path string) any {
	if value, ok := c[path]; ok {
		return value
	}
	for end := len(path); end > 0; {
		if end = strings.LastIndexByte(path[:end], '.'); end < 0 {
			return nil
		}
		inner, ok := c[path[:end]].(map[string]any)
		if !ok {
			continue
		}
		if value := claims(inner).at(path[end+1:]); value != nil {
			return value
		}
	}
	return nil
}

// texts returns the claim at a path, which is a text or a list of them. What is neither
// counts as missing.
func (c claims) texts(path string) []string {
	switch value := c.at(path).(type) {
	case string:
		return []string{value}
	case []any:
		var texts []string
		for _, item := range value {
			if text, ok := item.(string); ok {
				texts = append(texts, text)
			}
		}
		return texts
	default:
		return nil
	}
}

// sessionEnd is until when somebody stays signed in: as long as the provider says (OpenID
// Connect Enterprise Extensions, session_expiry), and no longer than sessionTime. The ID
// token's own exp is not about that, but about how long it may be shown, often minutes
// (openid/connect#1002).
func (c claims) sessionEnd(now time.Time) time.Time {
	end := now.Add(sessionTime)
	if seconds, ok := c["session_expiry"].(float64); ok && seconds < float64(end.Unix()) {
		return time.Unix(int64(max(seconds, 0)), 0)
	}
	return end
}
