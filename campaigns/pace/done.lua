-- done says that a call was answered by Twilio: it counts for one more second, and a minute, from now.
--
-- KEYS     as keys.go lists them
-- ARGV[1]  id of the grant
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
redis.call('ZADD', KEYS[1], string.format('%.0f', now + 1000000), ARGV[1])
redis.call('ZADD', KEYS[4], string.format('%.0f', now + 60000000), ARGV[1])
redis.call('PEXPIRE', KEYS[1], 7200000)
redis.call('PEXPIRE', KEYS[4], 7200000)
return {ARGV[1], 'done', 0}
