namespace ToolRuntime.Notices;

/// <summary>The notices of a board, in the order in which they were posted.</summary>
[GenerateSerializer, Alias("toolruntime.NoticeBoardState")]
internal sealed class NoticeBoardState
{
    [Id(0)] public List<Notice> Notices { get; set; } = [];
}

/// <summary>What a user has dismissed.</summary>
[GenerateSerializer, Alias("toolruntime.NoticeReaderState")]
internal sealed class NoticeReaderState
{
    [Id(0)] public List<DismissedNotice> Dismissed { get; set; } = [];
}

/// <summary>A notice that was dismissed, remembered as long as it would be there.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.DismissedNotice")]
internal sealed record DismissedNotice(string Id, DateTimeOffset ExpiresAt);
