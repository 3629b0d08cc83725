using Microsoft.Extensions.Options;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Silo.Hosting;

/// <summary>Tells a start that was refused, in words for who started it, from one that broke.</summary>
internal static class Refusals
{
    /// <summary>Why the process will not start; null where that is not the user's to mend.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        StartupRefusedException or SessionLogUnavailableException or OptionsValidationException or InvalidDataException => exception.Message,
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } => exception.Message,
        _ => null,
    };
}
