-- deskrelease lets a call take another agent-assisted payment.
--
-- KEYS[1]  the call's desk (hash)
-- ARGV[1]  ID of the payment that is over
-- ARGV[2]  key of a wish to forget, because it led to nothing; '' for none
-- returns  1
if redis.call('HGET', KEYS[1], 'open') == ARGV[1] then
  redis.call('HSET', KEYS[1], 'open', '')
end
if ARGV[2] ~= '' then
  redis.call('HDEL', KEYS[1], 'k:' .. ARGV[2])
end
return 1
