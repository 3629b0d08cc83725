-- Replaces or removes a grain's state, if it is the one that the caller knows.
-- KEYS: the state (hash). ARGV: the version that the caller knows ('' for none), the next one ('' to remove it), the state.
-- 1: done; 0: it is another one.
if (redis.call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('UNLINK', KEYS[1])
else
  redis.call('HSET', KEYS[1], 'version', ARGV[2], 'state', ARGV[3])
end
return 1
