package webhook

import (
	"fmt"
	"os"
	"strings"

	"battlehub/hub"
)

// ReadTokens reads the signing tokens in a file, one a line: several while they are being
// rotated. A file without any is an error, since no token would mean that nobody needs to
// sign.
func ReadTokens(path string) ([]hub.Secret, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var tokens []hub.Secret
	for _, token := range strings.Fields(string(text)) {
		tokens = append(tokens, hub.Secret(token))
	}
	if len(tokens) == 0 {
		return nil, fmt.Errorf("%s: it is empty", path)
	}
	return tokens, nil
}
