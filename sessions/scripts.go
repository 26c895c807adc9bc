package sessions

import (
	"context"
	"crypto/rand"
	_ "embed" // the scripts are files of their own
	"encoding/hex"
	"fmt"

	"github.com/redis/go-redis/v9"
)

//go:embed begin.lua
var beginSource string

//go:embed commit.lua
var commitSource string

//go:embed release.lua
var releaseSource string

//go:embed publish.lua
var publishSource string

// The scripts. Redis runs each as one step; what they take and return stands at the top of each file.
var (
	beginScript   = script{beginSource, redis.NewScript(beginSource).Hash()}
	commitScript  = script{commitSource, redis.NewScript(commitSource).Hash()}
	releaseScript = script{releaseSource, redis.NewScript(releaseSource).Hash()}
	publishScript = script{publishSource, redis.NewScript(publishSource).Hash()}
)

type script struct{ source, sha string }

// loadScripts puts the scripts into every master, so that already the first turn takes two round trips. A
// server that forgot them later (a restart, a failover) costs one more exchange: see run.
func loadScripts(ctx context.Context, client redis.UniversalClient) error {
	load := func(ctx context.Context, c redis.Cmdable) error {
		_, err := c.Pipelined(ctx, func(p redis.Pipeliner) error {
			for _, s := range []script{beginScript, commitScript, releaseScript, publishScript} {
				p.ScriptLoad(ctx, s.source)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("load scripts: %w", err)
		}
		return nil
	}
	if cluster, ok := client.(*redis.ClusterClient); ok {
		return cluster.ForEachMaster(ctx, func(ctx context.Context, c *redis.Client) error { return load(ctx, c) })
	}
	return load(ctx, client)
}

// run runs a script. A server that does not know it has run nothing, so sending its source after that is no
// second run.
func (s *Store) run(ctx context.Context, sc script, keys []string, args []any) (reply, error) {
	cmd := s.do.EvalSha(ctx, sc.sha, keys, args...)
	if redis.HasErrorPrefix(cmd.Err(), "NOSCRIPT") {
		cmd = s.do.Eval(ctx, sc.source, keys, args...)
	}
	return readReply(cmd)
}

// reply is a script's reply behind the echoed token: a word, a turn, and the rest.
type reply struct {
	token string
	word  string
	turn  int
	rest  []any
}

func readReply(cmd *redis.Cmd) (reply, error) {
	vals, err := cmd.Slice()
	if err != nil {
		return reply{}, err
	}
	if len(vals) < 3 {
		return reply{}, fmt.Errorf("%w: %d values", ErrEcho, len(vals))
	}
	token, ok1 := vals[0].(string)
	word, ok2 := vals[1].(string)
	turn, ok3 := vals[2].(int64)
	if !ok1 || !ok2 || !ok3 {
		return reply{}, fmt.Errorf("%w: unexpected types", ErrEcho)
	}
	return reply{token: token, word: word, turn: int(turn), rest: vals[3:]}, nil
}

// text is the i-th value behind the turn, "" where there is none.
func (r reply) text(i int) string {
	if i >= len(r.rest) {
		return ""
	}
	s, _ := r.rest[i].(string)
	return s
}

// newToken is a name nobody else has: for a lease, and to know a reply by.
func newToken() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand crashes the program instead
	return hex.EncodeToString(b[:])
}
