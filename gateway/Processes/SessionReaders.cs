using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Security;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Processes;

/// <summary>Who may read which session, remembered for a moment: it is asked for each process of each sample.</summary>
internal sealed class SessionReaders(ISessionLog log, IOptions<ProcessFeedOptions> options, TimeProvider time)
{
    private const int Most = 4_096;

    private readonly ConcurrentDictionary<SessionKey, (LogHeader? Header, long At)> known = new();

    /// <summary>Whether the caller may; not where the store can't tell.</summary>
    public async ValueTask<bool> MayReadAsync(Identity identity, string session, CancellationToken cancellationToken)
    {
        if (identity.AllSessions) return true;
        var key = identity.Key(session);
        if (!known.TryGetValue(key, out var entry) || time.GetElapsedTime(entry.At).TotalMilliseconds > options.Value.AccessMs)
        {
            if (known.Count > Most) known.Clear();
            try
            {
                known[key] = entry = (await log.GetHeaderAsync(key, cancellationToken), time.GetTimestamp());
            }
            catch (SessionLogUnavailableException)
            {
                return false;
            }
        }

        return entry.Header is { } header && (header.Owner == identity.Subject || header.Members.Contains(identity.Subject));
    }
}
