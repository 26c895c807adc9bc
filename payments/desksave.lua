-- desksave keeps a new version of an agent-assisted payment, if nobody else kept one meanwhile, and tells of it.
--
-- KEYS[1]  the payment (hash)
-- ARGV[1]  the version it is based on; 0 for a new one
-- ARGV[2]  the document
-- ARGV[3]  milliseconds it lives from now
-- ARGV[4]  channel of the changes
-- ARGV[5]  what is told there
-- returns  1 kept · 0 somebody else was first
local v = redis.call('HGET', KEYS[1], 'v') or '0'
if v ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'v', string.format('%.0f', tonumber(v) + 1), 'd', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PUBLISH', ARGV[4], ARGV[5])
return 1
