-- take allows a call, or says how long to wait. Times are microseconds of Redis's clock.
--
-- KEYS     as keys.go lists them
-- ARGV[1]  id of the grant: nobody else's
-- ARGV[2]  the call, among the live ones
-- ARGV[3]  calls a second of the account       ARGV[4]  its calls at once
-- ARGV[5]  calls a minute of the campaign      ARGV[6]  its calls at once
-- ARGV[7]  microseconds between two calls of the campaign
-- ARGV[8]  microseconds within which an allowed call has been answered
-- ARGV[9]  microseconds after which no call runs any more
-- returns  {id, 'granted', 0}
--          {id, 'account' | 'campaign', microseconds to wait}
--          {id, 'taken', 0}  the call is live, or somebody else is about to make it
local second, minute, ttl = 1000000, 60000000, 7200000
local id, ref = ARGV[1], ARGV[2]
local flight = tonumber(ARGV[8])
local time = redis.call('TIME')
local now = tonumber(time[1]) * second + tonumber(time[2])
local function text(n) return string.format('%.0f', n) end

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', text(now))
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', text(now))
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', text(now - tonumber(ARGV[9])))
redis.call('ZREMRANGEBYSCORE', KEYS[6], '-inf', text(now - tonumber(ARGV[9])))
if redis.call('ZSCORE', KEYS[6], ref) then return {id, 'taken', 0} end

-- How long until fewer than limit calls count. One that is not answered yet may be answered at any moment.
local function window(key, limit, span)
  local count = redis.call('ZCARD', key)
  if count < limit then return 0 end
  local at = redis.call('ZRANGE', key, count - limit, count - limit, 'WITHSCORES')
  local left = tonumber(at[2]) - now
  if left > span then return 5000 end
  return left
end

local function spacing(key)
  local next = tonumber(redis.call('HGET', key, 'next') or '0')
  return math.max(0, next - now), next
end

local function atOnce(key, limit)
  if redis.call('ZCARD', key) < limit then return 0 end
  return 200000
end

local perSecond, perMinute, gap = tonumber(ARGV[3]), tonumber(ARGV[5]), tonumber(ARGV[7])
local ownWait, ownNext = spacing(KEYS[5])
local own = math.max(ownWait, window(KEYS[4], perMinute, minute), atOnce(KEYS[6], tonumber(ARGV[6])))
if own > 0 then return {id, 'campaign', math.ceil(own)} end
local allWait, allNext = spacing(KEYS[2])
local all = math.max(allWait, window(KEYS[1], perSecond, second), atOnce(KEYS[3], tonumber(ARGV[4])))
if all > 0 then return {id, 'account', math.ceil(all)} end

-- A call that came a little late does not push back all that follow.
local function move(key, next, step, slack)
  redis.call('HSET', key, 'next', text(math.max(next, now - slack) + step), 'last', id, 'step', text(step))
  redis.call('PEXPIRE', key, ttl)
end
move(KEYS[2], allNext, second / perSecond, 50000)
move(KEYS[5], ownNext, gap, math.max(50000, math.min(gap, second)))
redis.call('ZADD', KEYS[1], text(now + flight + second), id)
redis.call('ZADD', KEYS[4], text(now + flight + minute), id)
redis.call('ZADD', KEYS[3], text(now), ARGV[10])
redis.call('ZADD', KEYS[6], text(now), ref)
redis.call('PEXPIRE', KEYS[1], ttl)
redis.call('PEXPIRE', KEYS[4], ttl)
redis.call('PEXPIRE', KEYS[3], 86400000)
redis.call('PEXPIRE', KEYS[6], 86400000)
return {id, 'granted', 0}
