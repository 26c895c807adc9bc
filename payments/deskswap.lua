-- deskswap changes what is known of a call on the desks, if the call is there still and nobody else changed it.
--
-- KEYS[1]  the handovers (hash)
-- ARGV[1]  the call
-- ARGV[2]  the handover as it was read
-- ARGV[3]  the handover as it is to be
-- ARGV[4]  channel of the changes
-- ARGV[5]  what is told there
-- returns  1 changed · 0 it is another by now, or gone
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('PUBLISH', ARGV[4], ARGV[5])
return 1
