using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using StackExchange.Redis;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Redis;

/// <summary>
/// The session log of a cluster, on Redis or Redis Cluster. A session's header, entries and index of messages are in one slot and change
/// in one script, so an append is all or nothing wherever it ends; lists, sums and the index of open work are in other slots and derived.
/// </summary>
internal sealed class RedisSessionLog : ISessionLog, IAsyncDisposable, IDisposable
{
    private const int EntriesPerStep = 256;
    private const int BytesPerStep = 1 << 20;

    private readonly RedisLogConnection connection;
    private readonly RedisKeys keys;
    private readonly RedisLogWriter writer;
    private readonly RedisSessionScripts scripts;
    private readonly RedisReturns returns;
    private readonly RedisOpenWork openWork;
    private readonly RedisStoredTotals totals;
    private readonly RedisSessionLists lists;
    private readonly RedisScrubber? scrubber;
    private readonly TimeProvider time;
    private readonly long expiry;

    /// <summary>Useless until it is connected.</summary>
    public RedisSessionLog(
        IOptions<RedisSessionLogOptions> options, TimeProvider time, StoreHealth health, ILogger<RedisSessionLog> logger, ISessionArchive? archive = null)
    {
        var settings = options.Value;
        this.time = time;
        connection = new(settings, health, logger);
        keys = new(settings.KeyPrefix);
        writer = new(connection, settings);
        var access = new RedisAccess(connection, writer, keys);
        expiry = (long)(settings.ExpireIdleAfter?.TotalMilliseconds ?? 0);
        returns = new(access, archive, time, expiry, logger);
        scripts = new(access, returns);
        openWork = new(connection, writer, keys, settings.Holder);
        totals = new(connection, keys);
        lists = new(connection, keys, totals);
        scrubber = settings.RewriteToErase ? new(connection) : null;
        Moves = archive is null ? null : new(access, archive, returns);
    }

    /// <summary>What takes logs there; null without one.</summary>
    public RedisMoves? Moves { get; }

    /// <summary>For tests: called after each step of a return.</summary>
    public Func<ArchiveStep, Task>? AfterReturn
    {
        set => returns.After = value;
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Snapshots of sessions, which go and come with their logs.</summary>
    public RedisSnapshots SnapshotsBy(IGrainStorageSerializer serializer) => new(scripts, serializer, expiry);

    /// <summary>States of grains that are no sessions, apart by the name of their storage.</summary>
    public RedisStates StatesBy(IGrainStorageSerializer serializer, string name) => new(connection, serializer, keys.States(name));

    /// <exception cref="SessionLogUnavailableException">Redis can't be used; the message says why.</exception>
    public Task ConnectAsync(CancellationToken cancellationToken = default) => connection.ConnectAsync(cancellationToken);

    /// <summary>Removes what is erased beside the log from the files of its server, where that is not the session's.</summary>
    public async Task ScrubElsewhereAsync(RedisKey key, SessionKey session)
    {
        if (scrubber is not null && !Equals(connection.ServerOf(key).EndPoint, connection.ServerOf(keys.Header(session)).EndPoint))
        {
            await scrubber.ScrubAsync(key).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public async Task<LogOpening?> OpenAsync(SessionKey session, string? createFor, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var token = LogEntries.NewToken();
        var header = await OpenAsync(session, token, null).ConfigureAwait(false);
        if (header is null)
        {
            if (createFor is null) return null;
            await lists.BeginAsync(session, createFor).ConfigureAwait(false);
            header = (await OpenAsync(session, token, createFor).ConfigureAwait(false))!;
            Background.Run(lists.BeginAsync(session, header.Log.Owner), connection.Logger);
        }

        totals.Report(session, header.Log.Owner, header.Bytes, header.Version);
        if (!header.OpenWork) return new(token, header.Log);

        await openWork.MarkAsync(session, token, header.Log.Head).ConfigureAwait(false);
        if (header.Before is { } before) openWork.Forget(session, before);
        return new(token, header.Log);
    }

    /// <inheritdoc />
    public async Task<AppendOutcome> AppendAsync(
        SessionKey session, string token, long expectedHead, ImmutableArray<LogEntry> entries, HeaderChange? header = null,
        CancellationToken cancellationToken = default)
    {
        LogEntries.RequireNumbers(entries, expectedHead);
        cancellationToken.ThrowIfCancellationRequested();
        if (header?.OpenWork == true) await openWork.MarkAsync(session, token, expectedHead).ConfigureAwait(false);
        if (header?.Members is { IsEmpty: false } added) await lists.AddAsync(session, added).ConfigureAwait(false);

        var hints = string.Create(entries.Length, entries, (hint, all) =>
        {
            for (var i = 0; i < all.Length; i++) hint[i] = EntryCodec.Hint(all[i]);
        });
        var members = header?.Members is { } list ? JsonSerializer.Serialize(list) : "";
        var open = header?.OpenWork switch { null => "", true => "1", false => "0" };
        var result = (RedisResult[])(await scripts.WriteAsync(
            session, LogScript.Append, [token, expectedHead, Now, members, open, StoredHeader.Stored(header?.Label), expiry, hints,
                .. entries.Select(entry => (RedisValue)EntryCodec.Encode(entry))]).ConfigureAwait(false))!;
        if ((int)result[0] == 1) openWork.Unmark(session, token);
        if ((int)result[0] != 0) return (int)result[0] == 1 ? AppendOutcome.TokenVoid : AppendOutcome.HeadMoved;

        SessionLogMetrics.Appended(entries.Length);
        var owner = (string)result[3]!;
        totals.Report(session, owner, (long)result[1], (long)result[2]);
        if (header?.OpenWork == false) openWork.Unmark(session, token);
        if (header?.Members is { } now)
        {
            var before = StoredHeader.Members((string?)result[4]);
            Background.Run(RelistAsync(session, before.Except(now).Where(member => member != owner), now), connection.Logger);
        }

        return AppendOutcome.Committed;
    }

    /// <inheritdoc />
    public async Task<LogHeader?> GetHeaderAsync(SessionKey session, CancellationToken cancellationToken = default) =>
        StoredHeader.Read(await scripts.ReadAsync(session, LogScript.Header, []).WaitAsync(cancellationToken)
            .ConfigureAwait(false))?.Log;

    /// <inheritdoc />
    public async Task<LogPage> ReadAsync(SessionKey session, long after, LogReadLimits limits,
        CancellationToken cancellationToken = default)
    {
        var page = (RedisResult[])(await scripts.ReadAsync(session, LogScript.Read,
            [Math.Max(after, 0), limits.MaxEntries, limits.MaxBytes])
            .WaitAsync(cancellationToken).ConfigureAwait(false))!;
        if (page.Length == 0) return new("", Head: 0, First: 1, []);

        var entries = (RedisResult[])page[4]!;
        var first = entries.Length == 0 ? 0 : (long)page[3];
        return new((string)page[0]!, (long)page[1], (long)page[2],
            [.. entries.Select((entry, i) => EntryCodec.Decode(first + i, (byte[])entry!))]);
    }

    /// <inheritdoc />
    public async Task<MessagePage?> ReadMessagesAsync(SessionKey session, string? before, LogReadLimits limits,
        CancellationToken cancellationToken = default)
    {
        var page = (RedisResult[])(await scripts.ReadAsync(session, LogScript.Messages,
            [before is null ? "0" : "1", before ?? "", limits.MaxEntries, limits.MaxBytes])
            .WaitAsync(cancellationToken).ConfigureAwait(false))!;
        if (page.Length == 0) return before is null ? new("", [], More: false, Trimmed: false) : null;
        if (page.Length == 1) return null;

        return new((string)page[0]!, [.. ((RedisResult[])page[3]!).Reverse().Select(Message)], (string)page[2]! == "1", (long)page[1] > 1);
    }

    /// <inheritdoc />
    public async Task<ImmutableDictionary<SessionKey, LogHead>> GetHeadsAsync(
        ImmutableArray<SessionKey> sessions, CancellationToken cancellationToken = default)
    {
        var asked = sessions.Distinct().ToArray();
        var heads = await connection.ReadAsync(database =>
            Task.WhenAll(asked.Select(session => database.HashGetAsync(keys.Header(session), ["epoch", "head"]))))
            .WaitAsync(cancellationToken).ConfigureAwait(false);
        return asked.Zip(heads).Where(found => !found.Second[0].IsNull)
            .ToImmutableDictionary(found => found.First, found => new LogHead(found.Second[0]!, (long)found.Second[1]));
    }

    /// <inheritdoc />
    public async Task<bool> TrimAsync(SessionKey session, string token, long upTo, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = (RedisResult[])(await scripts.WriteAsync(session, LogScript.Trim, token, upTo, EntriesPerStep,
                expiry).ConfigureAwait(false))!;
            if (result.Length == 0) return false;
            totals.Report(session, (string)result[3]!, (long)result[1], (long)result[2]);
            if ((int)result[0] == 1) return true;
        }
    }

    /// <inheritdoc />
    public async Task<bool> EraseAsync(SessionKey session, string token, ImmutableArray<LogEntry> replacements,
        CancellationToken cancellationToken = default)
    {
        if (!await ReplaceAsync(session, token, replacements, cancellationToken).ConfigureAwait(false)) return false;
        if (scrubber is not null) await scrubber.ScrubAsync(keys.Header(session)).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc />
    public async Task<bool> ReplaceAsync(SessionKey session, string token, ImmutableArray<LogEntry> replacements,
        CancellationToken cancellationToken = default)
    {
        for (var next = 0; next == 0 || next < replacements.Length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (values, bytes) = (new List<RedisValue> { token, expiry }, 0);
            for (; next < replacements.Length && values.Count < 2 * EntriesPerStep && bytes < BytesPerStep; next++)
            {
                var entry = EntryCodec.Encode(replacements[next]);
                values.AddRange([replacements[next].Event.Seq, entry]);
                bytes += entry.Length;
            }

            var result = (RedisResult[])(await scripts.WriteAsync(session, LogScript.Replace, [.. values])
                .ConfigureAwait(false))!;
            if (result.Length == 0) return false;
            totals.Report(session, (string)result[2]!, (long)result[0], (long)result[1]);
            if (replacements.IsEmpty) break;
        }

        return true;
    }

    /// <inheritdoc />
    public async Task<LogOpening?> RenewAsync(SessionKey session, string token, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var renewed = LogEntries.NewToken();
        var header = StoredHeader.Read(await scripts.WriteAsync(session, LogScript.Renew, token, renewed,
            LogEntries.NewEpoch(), expiry).ConfigureAwait(false));
        if (header is null) return null;

        totals.Report(session, header.Log.Owner, header.Bytes, header.Version);
        await openWork.RenewAsync(session, renewed, header.Log.Head).ConfigureAwait(false);
        return new(renewed, header.Log);
    }

    /// <inheritdoc />
    public async Task DeleteAsync(SessionKey session, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var gone = await scripts.WriteAsync(session, LogScript.Delete).ConfigureAwait(false);
        if (StoredHeader.Read(gone) is { } header)
        {
            totals.ReportGone(session, header.Log.Owner, header.Version);
            if (ArchiveKey.Parse((byte[]?)gone[9]) is { } archived) returns.Release(archived.Id);
            openWork.Unmark(session, null);
            Background.Run(lists.ForgetAsync(session, header.Log.Members.Append(header.Log.Owner)), connection.Logger);
        }

        // Also where it was gone already: an earlier attempt may have failed here.
        if (scrubber is not null) await scrubber.ScrubAsync(keys.Header(session)).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public ValueTask<StoredBytes> GetStoredBytesAsync(string tenant, string owner, CancellationToken cancellationToken = default) =>
        totals.GetAsync(tenant, owner);

    /// <inheritdoc />
    public Task<ImmutableArray<SessionKey>> ListOpenWorkAsync(CancellationToken cancellationToken = default) =>
        openWork.ListAsync().WaitAsync(cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableArray<SessionKey>> ListOpenWorkOfAsync(string holder, CancellationToken cancellationToken = default) =>
        openWork.ListAsync(holder).WaitAsync(cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableArray<SessionSummary>> ListAsync(string tenant, string? subject, int limit, SessionListPlace? after = null,
        CancellationToken cancellationToken = default) =>
        lists.ListAsync(tenant, subject, limit, after).WaitAsync(cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableArray<SessionKey>> ListIdleAsync(string prefix, DateTimeOffset since, int limit,
        CancellationToken cancellationToken = default) =>
        lists.ListIdleAsync(prefix, since, limit).WaitAsync(cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await totals.DisposeAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc />
    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).GetAwaiter().GetResult();

    private static MessageEntries Message(RedisResult message)
    {
        var parts = (RedisResult[])message!;
        var seqs = (RedisResult[])parts[1]!;
        return new((string)parts[0]!, [.. ((RedisResult[])parts[2]!)
            .Select((entry, i) => EntryCodec.Decode((long)seqs[i], (byte[])entry!))], [.. (string[])parts[3]!]);
    }

    private async Task<StoredHeader?> OpenAsync(SessionKey session, string token, string? createFor)
    {
        RedisValue[] values = [token, LogEntries.NewEpoch(), createFor is null ? "0" : "1", createFor ?? "", Now, expiry];
        return StoredHeader.Read(await scripts.WriteAsync(session, LogScript.Open, values).ConfigureAwait(false));
    }

    private async Task RelistAsync(SessionKey session, IEnumerable<string> removed, ImmutableArray<string> members)
    {
        await lists.AddAsync(session, members).ConfigureAwait(false);
        await lists.ForgetAsync(session, removed).ConfigureAwait(false);
    }
}
