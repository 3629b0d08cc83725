using System.Text.Json.Serialization;

namespace ToolRuntime.Notices;

/// <summary>What somebody tells a session, a user, a tenant or everybody; kept until it expires or its author withdraws it.</summary>
/// <param name="Id">Its own; the same for the same command of the same subject.</param>
/// <param name="To">Whom it is for.</param>
/// <param name="Text">Plain text.</param>
/// <param name="Level">How urgent.</param>
/// <param name="Tenant">The author's tenant; not told to those of others.</param>
/// <param name="From">The author's subject.</param>
/// <param name="At">When it was posted.</param>
/// <param name="ExpiresAt">Nobody is shown it from then on.</param>
/// <param name="Epoch">Of a session: the epoch of its log. Another session of the same name, later, is not told.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.Notice")]
public sealed record Notice(
    string Id, NoticeTarget To, string Text, NoticeLevel Level, string Tenant, string From, DateTimeOffset At, DateTimeOffset ExpiresAt, string? Epoch = null);

/// <summary>Whom a notice is for.</summary>
/// <param name="Kind">What <paramref name="Name"/> names.</param>
/// <param name="Name">The session, subject or tenant; empty for everybody.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.NoticeTarget")]
public sealed record NoticeTarget(NoticeTargetKind Kind, string Name);

/// <summary>The kinds of targets.</summary>
[GenerateSerializer, Alias("toolruntime.NoticeTargetKind")]
[JsonConverter(typeof(WireEnumConverter<NoticeTargetKind>))]
public enum NoticeTargetKind
{
    /// <summary>Who has a session open.</summary>
    Session,

    /// <summary>A subject, wherever it is.</summary>
    User,

    /// <summary>All of a tenant.</summary>
    Tenant,

    /// <summary>All of all tenants.</summary>
    Everybody,
}

/// <summary>How urgent a notice is.</summary>
[GenerateSerializer, Alias("toolruntime.NoticeLevel")]
[JsonConverter(typeof(WireEnumConverter<NoticeLevel>))]
public enum NoticeLevel
{
    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>Something good has happened.</summary>
    Success,

    /// <summary>Something may go wrong.</summary>
    Warning,

    /// <summary>Something has gone wrong.</summary>
    Error,
}

/// <summary>A notice to be posted. One of the last two, or neither, says how long it is kept.</summary>
/// <param name="Id">Its id, by which posting may be repeated.</param>
/// <param name="To">Whom it is for.</param>
/// <param name="Text">What to say.</param>
/// <param name="Level">How urgent.</param>
/// <param name="Tenant">The author's tenant.</param>
/// <param name="From">The author's subject.</param>
/// <param name="Epoch">Of a session: its log's epoch.</param>
/// <param name="TtlMs">For so many milliseconds.</param>
/// <param name="ExpiresAt">Until then.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.NoticeDraft")]
public sealed record NoticeDraft(
    string Id, NoticeTarget To, string Text, NoticeLevel Level, string Tenant, string From, string? Epoch = null, long? TtlMs = null, DateTimeOffset? ExpiresAt = null);
