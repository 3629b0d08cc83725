using StackExchange.Redis;

namespace ToolRuntime.Stores.Redis;

/// <summary>How a store is connected: what it asks for comes soon or fails. Nothing is queued while there is no connection.</summary>
internal static class RedisConfiguration
{
    /// <param name="text">Servers and more, in StackExchange.Redis' form.</param>
    /// <param name="timeoutMs">How long a command may take.</param>
    /// <param name="connectTimeoutMs">How long connecting may take.</param>
    /// <param name="name">As the server lists the connection.</param>
    /// <exception cref="ArgumentException">The text is none.</exception>
    public static ConfigurationOptions Of(string text, int timeoutMs, int connectTimeoutMs, string name)
    {
        var configuration = ConfigurationOptions.Parse(text);
        (configuration.AsyncTimeout, configuration.SyncTimeout) = (timeoutMs, timeoutMs);
        configuration.ConnectTimeout = connectTimeoutMs;
        configuration.AbortOnConnectFail = true;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        // Time-outs are looked for so often.
        configuration.HeartbeatInterval = TimeSpan.FromMilliseconds(Math.Min(250, timeoutMs / 2));
        // At the first time-out a connection counts as dead whose last answer is older than four of them, though nothing was asked meanwhile.
        configuration.KeepAlive = Math.Max(1, timeoutMs / 1_000);
        configuration.ReconnectRetryPolicy = new LinearRetry(250);
        configuration.ClientName ??= name;
        return configuration;
    }
}
