using System.Collections.Concurrent;
using System.Diagnostics;
using StackExchange.Redis;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Redis;

/// <summary>
/// What owners and tenants have stored, over all processes. Each session's bytes are exact in its header, changed with its entries; from
/// there they are reported to its tenant's sums, which are in another slot: soon, and before this process answers a question. A report
/// has the whole figure and its version, so none counts twice, and one that is lost with its process is made up for when the session is
/// opened again, or when a process asks for the tenant the first time.
/// </summary>
internal sealed class RedisStoredTotals(RedisLogConnection connection, RedisKeys keys) : IAsyncDisposable
{
    private const int AtATime = 500;
    private const long Gone = -1;
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Tenant> tenants = new(StringComparer.Ordinal);
    private volatile bool closed;

    /// <summary>A session that is about to be begun: listed from now on.</summary>
    public Task BeginAsync(SessionKey session, string owner) =>
        RunAsync(session.Tenant, [(session.Session, new(Version: 0, Bytes: 0, owner))], []);

    /// <summary>What a session has by now.</summary>
    public void Report(SessionKey session, string owner, long bytes, long version)
    {
        var tenant = Of(session.Tenant);
        bool flush;
        lock (tenant.Gate)
        {
            if (tenant.Due.TryGetValue(session.Session, out var known) && known.Version > version) return;
            tenant.Due[session.Session] = new(version, bytes, owner);
            flush = !tenant.Flushing;
            tenant.Flushing = true;
        }

        if (flush) Background.Run(FlushAsync(session.Tenant, tenant), connection.Logger);
    }

    /// <summary>A session that was there at this version is gone.</summary>
    public void ReportGone(SessionKey session, string owner, long version) => Report(session, owner, Gone, version);

    /// <summary>Drops a session from its tenant's list that has no header, unless it is begun meanwhile.</summary>
    public async Task ForgetAsync(SessionKey session)
    {
        var known = await connection.ReadAsync(database => database.HashGetAsync(keys.Sessions(session.Tenant), session.Session))
            .ConfigureAwait(false);
        if (Counted.Parse(known) is { } counted) ReportGone(session, counted.Owner, counted.Version);
    }

    public ValueTask<StoredBytes> GetAsync(string tenant, string owner) =>
        Of(tenant).Find(owner) is { } known ? new(known) : new(AskAsync(tenant, owner));

    public async ValueTask DisposeAsync()
    {
        closed = true;
        try
        {
            foreach (var (name, tenant) in tenants) await SyncAsync(name, tenant, null).ConfigureAwait(false);
        }
        catch (SessionLogUnavailableException)
        {
            // Made up for by whoever asks next.
        }
    }

    private Tenant Of(string tenant) => tenants.GetOrAdd(tenant, _ => new());

    private async Task<StoredBytes> AskAsync(string name, string owner)
    {
        var tenant = Of(name);
        if (!tenant.Compared)
        {
            await CompareAsync(name).ConfigureAwait(false);
            tenant.Compared = true;
        }

        return await SyncAsync(name, tenant, owner).ConfigureAwait(false);
    }

    private async Task FlushAsync(string name, Tenant tenant)
    {
        await Task.Delay(Soon).ConfigureAwait(false);
        lock (tenant.Gate) tenant.Flushing = false;
        if (!closed) await SyncAsync(name, tenant, null).ConfigureAwait(false);
    }

    /// <summary>
    /// Reports what is due, and learns the sums. One at a time for a tenant, so that an answer has all that was reported before the
    /// question.
    /// </summary>
    private async Task<StoredBytes> SyncAsync(string name, Tenant tenant, string? owner)
    {
        await tenant.Turn.WaitAsync().ConfigureAwait(false);
        Dictionary<string, Counted> due;
        lock (tenant.Gate) (due, tenant.Due) = (tenant.Due, []);
        try
        {
            if (due.Count == 0 && owner is null) return default;
            var asked = due.Values.Select(counted => counted.Owner).Append(owner).OfType<string>().Distinct(StringComparer.Ordinal)
                .ToArray();
            var sums = await RunAsync(name, [.. due.Select(session => (session.Key, session.Value))], asked).ConfigureAwait(false);
            tenant.Learn(asked, sums);
            return owner is null ? default : new(sums[1 + Array.IndexOf(asked, owner)], sums[0]);
        }
        catch
        {
            lock (tenant.Gate)
            {
                foreach (var (session, counted) in due)
                {
                    if (!tenant.Due.TryGetValue(session, out var newer) || newer.Version < counted.Version) tenant.Due[session] = counted;
                }
            }

            throw;
        }
        finally
        {
            tenant.Turn.Release();
        }
    }

    /// <summary>Reports every session of the tenant whose header says otherwise than the list.</summary>
    private async Task CompareAsync(string tenant)
    {
        var listed = await connection.ReadAsync(database => database.HashGetAllAsync(keys.Sessions(tenant))).ConfigureAwait(false);
        foreach (var some in listed.Chunk(AtATime))
        {
            var headers = await connection.ReadAsync(database => Task.WhenAll(some.Select(entry =>
                database.HashGetAsync(keys.Header(new(tenant, entry.Name!)), ["version", "bytes", "owner"])))).ConfigureAwait(false);
            var changes = some.Zip(headers, (entry, header) => (Session: (string)entry.Name!, Listed: Counted.Parse(entry.Value)!,
                Real: header[0].IsNull ? null : new Counted((long)header[0], (long)header[1], header[2]!)))
                .Where(session => session.Real != session.Listed)
                .Select(session => (session.Session, session.Real ?? session.Listed with { Bytes = Gone }));
            await RunAsync(tenant, [.. changes], []).ConfigureAwait(false);
        }
    }

    /// <summary>The tenant's sum, then those of the owners that are asked for.</summary>
    private async Task<long[]> RunAsync(string tenant, (string Session, Counted Counted)[] sessions, string[] owners)
    {
        long[] sums = [];
        for (var at = 0; at == 0 || at < sessions.Length; at += AtATime)
        {
            var values = new List<RedisValue>();
            foreach (var (session, counted) in sessions.Skip(at).Take(AtATime))
            {
                values.AddRange([session, counted.Version, counted.Bytes == Gone ? "-" : counted.Bytes, counted.Owner]);
            }

            values.Add("");
            foreach (var owner in owners) values.Add(owner);
            var told = await connection.WriteAsync(LogScript.Totals, [keys.Sessions(tenant), keys.Sums(tenant)], [.. values])
                .ConfigureAwait(false);
            sums = [.. ((RedisResult[])told!).Select(sum => (long)sum)];
        }

        return sums;
    }

    /// <summary>What a session counts for.</summary>
    private sealed record Counted(long Version, long Bytes, string Owner)
    {
        public static Counted? Parse(RedisValue value) => ((string?)value)?.Split(' ', 3) is [var version, var bytes, var owner]
            ? new(long.Parse(version, System.Globalization.CultureInfo.InvariantCulture),
                long.Parse(bytes, System.Globalization.CultureInfo.InvariantCulture), owner)
            : null;
    }

    private sealed class Tenant
    {
        private readonly Dictionary<string, (long Bytes, long At)> owners = new(StringComparer.Ordinal);
        private long total;

        public Lock Gate { get; } = new();

        public SemaphoreSlim Turn { get; } = new(1);

        public Dictionary<string, Counted> Due { get; set; } = [];

        public bool Flushing { get; set; }

        public bool Compared { get; set; }

        /// <summary>Null where it is not known, or not for sure any more.</summary>
        public StoredBytes? Find(string owner)
        {
            lock (Gate)
            {
                if (Due.Count > 0 || Turn.CurrentCount == 0 || !Compared) return null;
                if (!owners.TryGetValue(owner, out var known) || Stopwatch.GetElapsedTime(known.At) >= Fresh) return null;
                return new(known.Bytes, total);
            }
        }

        public void Learn(string[] asked, long[] sums)
        {
            lock (Gate)
            {
                total = sums[0];
                if (owners.Count > 10_000) owners.Clear();
                for (var i = 0; i < asked.Length; i++) owners[asked[i]] = (sums[1 + i], Stopwatch.GetTimestamp());
            }
        }
    }
}
