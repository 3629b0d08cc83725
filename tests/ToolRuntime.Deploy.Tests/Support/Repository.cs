namespace ToolRuntime.Deploy.Tests.Support;

/// <summary>Where the files are that these tests read.</summary>
internal static class Repository
{
    /// <summary>artifacts/bin/&lt;project&gt;/&lt;configuration&gt;/ is four below it.</summary>
    public static string Root { get; } =
        new DirectoryInfo(System.IO.Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)).Parent!.Parent!.Parent!.Parent!.FullName;

    public static string Path(params IEnumerable<string> parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>A file of <c>deploy/</c>.</summary>
    public static string Deploy(params IEnumerable<string> parts) => Path(["deploy", .. parts]);
}
