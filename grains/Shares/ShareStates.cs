namespace ToolRuntime.Shares;

/// <summary>The links of a session, in the order in which they were made.</summary>
[GenerateSerializer, Alias("toolruntime.SharesState")]
internal sealed class SharesState
{
    [Id(0)] public List<Share> Shares { get; set; } = [];
}

/// <summary>Where a token leads.</summary>
[GenerateSerializer, Alias("toolruntime.ShareLinkState")]
internal sealed class ShareLinkState
{
    [Id(0)] public SharePointer? Pointer { get; set; }
}
