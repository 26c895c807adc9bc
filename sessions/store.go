package sessions

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Defaults of Config, with their reasons.
const (
	// DefaultTTL outlives the longest call (4 h at Twilio, 24 h by settings) by an hour, so that a copy of
	// its last turn is still recognised.
	DefaultTTL = 25 * time.Hour
	// DefaultLease is longer than a handler may take and shorter than the 15 s Twilio gives a webhook, so
	// that a retry after a crash can still take over.
	DefaultLease = 10 * time.Second
	// DefaultTimeout bounds one exchange with Redis: a caller hears silence meanwhile.
	DefaultTimeout = time.Second
)

// Config says how to reach Redis and how long things live there.
type Config struct {
	// URL is required. One of
	//   redis://user:password@host:6379/0, rediss://..., unix:///path/to.sock?db=0
	//   redis-cluster://host:6379?addr=host2:6379     (rediss-cluster:// with TLS)
	//   redis-sentinel://host:26379/0?master_name=main&addr=host2:26379   (rediss-sentinel://)
	URL string
	// TTL is the life of a session after its last turn. 0: DefaultTTL.
	TTL time.Duration
	// Lease is how long a turn is kept from other copies. 0: DefaultLease.
	Lease time.Duration
	// Timeout of dialling, reading, writing and waiting for a connection. 0: DefaultTimeout.
	Timeout time.Duration
	// PoolSize is the number of connections. 0: go-redis's default, ten for each core.
	PoolSize int
	// AutoPipeline lets go-redis gather the commands of concurrent turns into shared round trips. Leave it
	// off unless the server is saturated: measured on two cores it raised the ceiling from 32.5k to 43.9k
	// turns a second, but at a steady 6,000 a second the p99 went from 0.87 ms to 1.55 ms, because a
	// command waits for company. go-redis calls the feature experimental.
	AutoPipeline bool
}

// Store keeps sessions in Redis. It is safe for concurrent use; make one for each process with Open.
type Store struct {
	cfg    Config
	client redis.UniversalClient
	do     redis.Cmdable // client, or its autopipeliner
	hub    *hub

	bundles sync.Map // hash to bytes: what this process has put, to put it again where Redis lost it
	stats   stats
	memory  memory
}

// Open connects to Redis, loads the scripts and returns the store. Nothing listens in the background until
// the first Subscribe, Follow or Await.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	cfg = cfg.withDefaults()
	client, err := dial(cfg)
	if err != nil {
		return nil, fmt.Errorf("open sessions: %w", err)
	}
	s := &Store{cfg: cfg, client: client, do: client}
	s.hub = newHub(client)
	if cfg.AutoPipeline {
		ap, err := client.AutoPipeline()
		if err != nil {
			_ = client.Close()
			return nil, fmt.Errorf("open sessions: auto pipeline: %w", err)
		}
		s.do = ap
	}
	if err := loadScripts(ctx, client); err != nil {
		_ = client.Close()
		return nil, fmt.Errorf("open sessions: %w", err)
	}
	return s, nil
}

func (c Config) withDefaults() Config {
	if c.TTL <= 0 {
		c.TTL = DefaultTTL
	}
	if c.Lease <= 0 {
		c.Lease = DefaultLease
	}
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	return c
}

// Close ends every subscription and closes the connections.
func (s *Store) Close() error {
	s.hub.close()
	return s.client.Close()
}

// Ping tells whether Redis answers, for /readyz.
func (s *Store) Ping(ctx context.Context) error { return s.client.Ping(ctx).Err() }

// Redis is the client itself, dialled for money (no silent retries, deadlines on), for what else lives in
// Redis: rate limiters, the job queue.
func (s *Store) Redis() redis.UniversalClient { return s.client }
