-- sync makes the live calls of a campaign those that the truth knows. One that was allowed a moment ago may not be known
-- there yet; one that is added here is known, and goes with the next comparison that does not know it: it may have ended
-- since the truth was read.
--
-- KEYS     as keys.go lists them
-- ARGV[1]  the campaign, with a colon: how its calls begin among the account's
-- ARGV[2]  microseconds that a call may be allowed and not known
-- ARGV[3..] the calls that are live
-- returns  {campaign, 'synced', how many were wrong}
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local past = string.format('%.0f', now - tonumber(ARGV[2]))
local live, wrong = {}, 0
for i = 3, #ARGV do
  live[ARGV[i]] = true
  if not redis.call('ZSCORE', KEYS[6], ARGV[i]) then
    wrong = wrong + 1
    redis.call('ZADD', KEYS[6], past, ARGV[i])
    redis.call('ZADD', KEYS[3], past, ARGV[1] .. ARGV[i])
  end
end
local old = redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', past)
for _, ref in ipairs(old) do
  if not live[ref] then
    wrong = wrong + 1
    redis.call('ZREM', KEYS[6], ref)
    redis.call('ZREM', KEYS[3], ARGV[1] .. ref)
  end
end
redis.call('PEXPIRE', KEYS[6], 86400000)
redis.call('PEXPIRE', KEYS[3], 86400000)
return {ARGV[1], 'synced', wrong}
