using System.Collections.Concurrent;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Connections;

/// <summary>The event streams that this gateway sends just now.</summary>
internal sealed class OpenStreams(TimeProvider time)
{
    private readonly ConcurrentDictionary<OpenStream, bool> streams = new();

    public IEnumerable<OpenStream> All => streams.Keys;

    /// <summary>Counts a stream until the result is disposed of.</summary>
    public OpenStream Add(SessionKey session, Identity identity)
    {
        var stream = new OpenStream(session, identity.Subject, identity.KeyId, time.Wall().GetUtcNow(), this);
        streams[stream] = true;
        return stream;
    }

    public void Remove(OpenStream stream) => streams.TryRemove(stream, out _);
}

/// <summary>One event stream. Compared by reference.</summary>
internal sealed class OpenStream(SessionKey session, string subject, string? keyId, DateTimeOffset since, OpenStreams all) : IDisposable
{
    public string Id { get; } = EntityId.New("sse");

    public SessionKey Session => session;

    public string Subject => subject;

    public string? KeyId => keyId;

    public DateTimeOffset Since => since;

    public void Dispose() => all.Remove(this);
}
