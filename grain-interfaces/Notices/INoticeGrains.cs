using System.Collections.Immutable;
using ToolRuntime.Sessions;

namespace ToolRuntime.Notices;

/// <summary>
/// The notices of a tenant, to its sessions, users and itself, or (key <see cref="NoticeStreams.Everybody"/>) to everybody. What changes is published on the
/// stream of <see cref="NoticeStreams"/> with the same key, once it is kept. Every method may be repeated.
/// </summary>
[Alias("toolruntime.INoticeBoardGrain")]
public interface INoticeBoardGrain : IGrainWithStringKey
{
    /// <summary>Keeps a notice and tells of it. The same id again, with the same content, gives the notice that there is; with another it is a <c>conflict</c>.</summary>
    [Alias("Post"), ResponseTimeout("00:00:05")]
    Task<SessionReply<Notice>> PostAsync(NoticeDraft draft);

    /// <summary>Those that have not expired, in the order in which they were posted.</summary>
    [Alias("List"), ResponseTimeout("00:00:05")]
    Task<ImmutableArray<Notice>> ListAsync();

    /// <summary>Takes a notice away from everybody; only its author may.</summary>
    [Alias("Withdraw"), ResponseTimeout("00:00:05")]
    Task<SessionReply<bool>> WithdrawAsync(string id, string tenant, string subject);
}

/// <summary>What a user has seen and does not want to see again; key <c>tenant/subject</c>.</summary>
[Alias("toolruntime.INoticeReaderGrain")]
public interface INoticeReaderGrain : IGrainWithStringKey
{
    /// <summary>Remembers, as long as the notice would be there, that the user has dismissed it, and tells the user's other pages.</summary>
    [Alias("Dismiss"), ResponseTimeout("00:00:05")]
    Task DismissAsync(string id, DateTimeOffset expiresAt);

    /// <summary>The ids of all that are dismissed.</summary>
    [Alias("List"), ResponseTimeout("00:00:05")]
    Task<ImmutableArray<string>> ListAsync();
}

/// <summary>What a board publishes: exactly one of the three.</summary>
/// <param name="Posted">A notice.</param>
/// <param name="Withdrawn">The id of one that is gone.</param>
/// <param name="Dismissed">One that a user does not want to see any more.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.NoticeNews")]
public sealed record NoticeNews(Notice? Posted = null, string? Withdrawn = null, NoticeDismissal? Dismissed = null);

/// <summary>A user's word that a notice has been seen.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.NoticeDismissal")]
public sealed record NoticeDismissal(string Subject, string Id);

/// <summary>Where notices are published; the stream provider is that of sessions.</summary>
public static class NoticeStreams
{
    /// <summary>The stream's namespace; its key is the board's: a tenant, or <see cref="Everybody"/>.</summary>
    public const string Namespace = "notices";

    /// <summary>The board of notices to everybody; no tenant's name has a slash.</summary>
    public const string Everybody = "/everybody";
}
