using ToolRuntime.Commands;

namespace ToolRuntime.Gateway.Projections;

/// <summary>How much a model may think, by OpenAI's words.</summary>
internal static class EffortName
{
    /// <summary>Words beyond ours count as the nearest; others are refused.</summary>
    public static Effort? Of(RequestFields fields, string name) => fields.Text(name) switch
    {
        null => null,
        "none" => Effort.None,
        "minimal" or "low" => Effort.Low,
        "medium" => Effort.Medium,
        "high" or "xhigh" or "max" => Effort.High,
        var other => fields.Refuse<Effort?>(name, $"{name} can't be '{other}'."),
    };
}
