using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.CommandLine;

/// <summary>Says which settings of a file or of the environment nothing reads: a misspelt one would be silent.</summary>
internal static partial class UnreadSettings
{
    public static void Warn(IConfiguration configuration, KnownSettings settings, ILogger logger)
    {
        foreach (var name in Find(configuration, settings))
        {
            LogUnread(logger, name, settings.Nearest(name) is { } nearest ? $" Was {nearest} meant?" : "");
        }
    }

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Find(IConfiguration configuration, KnownSettings settings) =>
        configuration.GetSection(KnownSettings.Root).AsEnumerable().Where(setting => setting.Value is { Length: > 0 } && !settings.Knows(setting.Key)).Select(setting => setting.Key);

    [LoggerMessage(4010, LogLevel.Warning, "Nothing reads the setting {Name}.{Hint}")]
    private static partial void LogUnread(ILogger logger, string name, string hint);
}
