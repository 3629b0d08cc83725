using StackExchange.Redis;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Redis;

/// <summary>Runs scripts of a session; where one needs a log that is in the archive, that comes back first.</summary>
internal sealed class RedisSessionScripts(RedisAccess redis, RedisReturns returns)
{
    /// <summary>It may have gone again, or a failed copy is made anew; more often than that something is wrong.</summary>
    private const int Tries = 10;

    public Task<RedisResult> WriteAsync(SessionKey session, LogScript script, params RedisValue[] values) =>
        RunAsync(session, () => redis.Writer.WriteAsync(script, redis.Keys.Session(session), values));

    public Task<RedisResult> ReadAsync(SessionKey session, LogScript script, RedisValue[] values) =>
        RunAsync(session, () => redis.Connection.ReadAsync(script, redis.Keys.Session(session), values));

    private async Task<RedisResult> RunAsync(SessionKey session, Func<Task<RedisResult>> run)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            try
            {
                return await run().ConfigureAwait(false);
            }
            catch (LogArchivedException)
            {
                await returns.ReturnAsync(session).ConfigureAwait(false);
            }
        }

        throw new SessionLogUnavailableException($"The log of {session} leaves for the archive again and again.");
    }
}
