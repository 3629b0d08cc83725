using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Messages;

/// <summary>How replies are streamed; section <c>ToolRuntime:Replies</c>.</summary>
public sealed class ModelOptions
{
    /// <summary>Text that comes within this time goes out as one <c>message.delta</c>; 0 to 1 s, default 40 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan DeltaInterval { get; set; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Longest <c>message.delta</c>, in characters; 64 to 65,536, default 16,384.</summary>
    [Range(64, 65_536)]
    public int DeltaCharacters { get; set; } = 16_384;
}
