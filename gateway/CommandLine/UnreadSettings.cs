namespace ToolRuntime.Gateway.CommandLine;

/// <summary>Says which settings of a file or of the environment nothing reads: a misspelt one would be silent.</summary>
internal static partial class UnreadSettings
{
    public static void Warn(IConfiguration configuration, ILogger logger)
    {
        foreach (var name in Find(configuration))
        {
            LogUnread(logger, name, Settings.Nearest(name) is { } nearest ? $" Was {nearest} meant?" : "");
        }
    }

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Find(IConfiguration configuration) =>
        configuration.GetSection(Settings.Root).AsEnumerable().Where(setting => setting.Value is { Length: > 0 } && !Settings.Knows(setting.Key)).Select(setting => setting.Key);

    [LoggerMessage(4010, LogLevel.Warning, "Nothing reads the setting {Name}.{Hint}")]
    private static partial void LogUnread(ILogger logger, string name, string hint);
}
