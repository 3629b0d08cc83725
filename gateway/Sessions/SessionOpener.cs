using System.Text.Json;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>
/// Decides where a client's reading of a session begins. A cursor that still can be served is found in the log and wakes no grain.
/// One that can't be is answered with a snapshot; whatever it claims, it is that client's affair alone.
/// </summary>
internal sealed class SessionOpener(ISessionLog log, SessionCalls calls, CommandRetry retry)
{
    public Task<SessionReply<SessionOpening>> OpenAsync(Identity identity, string session, OpenFrom from, CancellationToken cancellationToken) =>
        retry.RunAsync(() => OpenOnceAsync(identity, session, from, cancellationToken), cancellationToken);

    /// <summary>The header, or a refusal where there is no such session or the caller may not see it.</summary>
    public Task<SessionReply<LogHeader>> FindAsync(Identity identity, string session, CancellationToken cancellationToken) => retry.RunAsync(
        async () => (EntityId.IsValid(session) ? await log.GetHeaderAsync(identity.Key(session), cancellationToken) : null) switch
        {
            null => new(null, Missing),
            { } header when !MayRead(identity, header) => new(null, Forbidden),
            { } header => new SessionReply<LogHeader>(header, null),
        },
        cancellationToken);

    /// <summary>The same of one execution, whose snapshot holds nothing else. Creates nothing.</summary>
    public Task<SessionReply<SessionOpening>> FollowAsync(Identity identity, string session, string execution, OpenFrom from, CancellationToken cancellationToken) =>
        retry.RunAsync(() => FollowOnceAsync(identity, session, execution, from, cancellationToken), cancellationToken);

    private static Rejection Missing => new(ErrorCode.NotFound, "There is no such session.");

    private static Rejection Forbidden => new(ErrorCode.Forbidden, "The session belongs to somebody else.");

    private static bool MayRead(Identity identity, LogHeader header) =>
        identity.AllSessions || header.Owner == identity.Subject || header.Members.Contains(identity.Subject);

    private async Task<SessionReply<SessionOpening>> OpenOnceAsync(Identity identity, string session, OpenFrom from, CancellationToken cancellationToken)
    {
        var mayCreate = identity.Has(Scope.SessionsWrite);
        if (from == OpenFrom.Snapshot && mayCreate) return await SnapshotAsync(identity, session);
        var header = await log.GetHeaderAsync(identity.Key(session), cancellationToken);
        if (header is null && !mayCreate) return new(null, Missing);
        if (header is not null && !MayRead(identity, header)) return new(null, Forbidden);
        if (from == OpenFrom.Snapshot) return await SnapshotAsync(identity, session);
        if (from.Cursor is not { } cursor) return await FromStartAsync(identity, session, header, cancellationToken);
        var resumed = header is null ? null : await ResumeAsync(identity.Key(session), header, cursor, cancellationToken);
        return resumed is null ? await SnapshotAsync(identity, session) : new(resumed, null);
    }

    private async Task<SessionReply<SessionOpening>> FollowOnceAsync(Identity identity, string session, string execution, OpenFrom from, CancellationToken cancellationToken)
    {
        var header = await log.GetHeaderAsync(identity.Key(session), cancellationToken);
        if (header is null) return new(null, Missing);
        if (!MayRead(identity, header)) return new(null, Forbidden);
        if (from.AtStart) return await FromStartAsync(identity, session, header, cancellationToken);
        var resumed = from.Cursor is { } cursor ? await ResumeAsync(identity.Key(session), header, cursor, cancellationToken) : null;
        return resumed is null ? Opened(await calls.FollowOnceAsync(identity, session, execution)) : new(resumed, null);
    }

    /// <summary>Null: the cursor is of another epoch, lies outside what is kept, or proves to be of another history.</summary>
    private async Task<SessionOpening?> ResumeAsync(SessionKey key, LogHeader header, SessionCursor cursor, CancellationToken cancellationToken)
    {
        if (cursor.Epoch != header.Epoch || cursor.Seq < header.First - 1 || cursor.Seq > header.Head) return null;
        var check = await FindCheckAsync(key, header, cursor.Seq, cancellationToken);
        return cursor.Check is null || cursor.Check == check ? new(header.Epoch, header.Head, cursor.Seq, Recovered: true, null, check) : null;
    }

    /// <summary>The check of a kept entry, where it has one.</summary>
    private async Task<string?> FindCheckAsync(SessionKey key, LogHeader header, long seq, CancellationToken cancellationToken)
    {
        if (seq == header.Head) return header.Check;
        if (seq < header.First) return null;
        var page = await log.ReadAsync(key, seq - 1, new(MaxEntries: 1, MaxBytes: 1), cancellationToken);
        return page.Epoch == header.Epoch && page.Entries is [{ Event: { } entry }, ..] && entry.Seq == seq ? entry.Check : null;
    }

    private async Task<SessionReply<SessionOpening>> FromStartAsync(Identity identity, string session, LogHeader? header, CancellationToken cancellationToken)
    {
        if (header is null)
        {
            var created = await calls.OpenOnceAsync(identity, session);
            if (created.Error is { } refusal) return new(null, refusal);
            header = await log.GetHeaderAsync(identity.Key(session), cancellationToken) ?? throw new SessionLogUnavailableException("The session vanished while it was opened.");
        }

        var after = header.First - 1;
        // What can't be read just now is refused now, not answered by silence.
        if (after < header.Head) await log.ReadAsync(identity.Key(session), after, new(MaxEntries: 1, MaxBytes: 1), cancellationToken);
        return new(new(header.Epoch, header.Head, after, Recovered: after == 0, null), null);
    }

    private async Task<SessionReply<SessionOpening>> SnapshotAsync(Identity identity, string session) => Opened(await calls.OpenOnceAsync(identity, session));

    private static SessionReply<SessionOpening> Opened(SessionReply<SessionSnapshot> reply) => reply.Value is { } snapshot
        ? new(new(snapshot.Epoch, snapshot.Seq, snapshot.Seq, Recovered: false, snapshot.View, snapshot.Check), null)
        : new(null, reply.Error);
}

/// <summary>The last event that a client has seen, as it says, and the check that came with it.</summary>
internal sealed record SessionCursor(string Epoch, long Seq, string? Check = null);

/// <summary>Where a client wants to begin: with a snapshot, at the first kept event, or after a cursor.</summary>
internal readonly record struct OpenFrom(bool AtStart, SessionCursor? Cursor)
{
    public static OpenFrom Snapshot => default;

    public static OpenFrom Start => new(true, null);

    public static OpenFrom After(SessionCursor cursor) => new(false, cursor);
}

/// <summary>What <c>session.open</c> and <c>tool.follow</c> answer; the view is JSON, and only there when not recovered. The check is that of <paramref name="After"/>.</summary>
internal sealed record SessionOpening(string Epoch, long Head, long After, bool Recovered, ReadOnlyMemory<byte>? View, string? Check = null)
{
    /// <summary>Writes the members of the ack's result.</summary>
    public void Write(Utf8JsonWriter writer) => Write(writer, Check);

    /// <summary>Writes the same members where what comes with them ends elsewhere, at an event of that check.</summary>
    public void Write(Utf8JsonWriter writer, string? check)
    {
        writer.WriteString("epoch", Epoch);
        writer.WriteNumber("head", Head);
        writer.WriteNumber("after", After);
        if (check is not null) writer.WriteString("check", check);
        writer.WriteBoolean("recovered", Recovered);
        if (View is not { } view) return;
        writer.WriteStartObject("snapshot");
        writer.WriteNumber("seq", After);
        if (Check is not null) writer.WriteString("check", Check);
        writer.WritePropertyName("view");
        writer.WriteRawValue(view.Span, skipInputValidation: true);
        writer.WriteEndObject();
    }
}
