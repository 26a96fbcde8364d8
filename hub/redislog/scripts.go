package redislog

import (
	_ "embed"

	"github.com/redis/go-redis/v9"
)

// The scripts stand beside this file. Redis knows a script by its digest and forgets all of
// them on a restart, a failover or SCRIPT FLUSH; go-redis then sends the source.
var (
	//go:embed prelude.lua
	preludeSource string
	//go:embed append.lua
	appendSource string
	//go:embed beat.lua
	beatSource string
	//go:embed board.lua
	boardSource string
	//go:embed trim.lua
	trimSource string

	appendScript = redis.NewScript(preludeSource + appendSource)
	beatScript   = redis.NewScript(preludeSource + beatSource)
	boardScript  = redis.NewScript(boardSource)
	trimScript   = redis.NewScript(trimSource)
)
