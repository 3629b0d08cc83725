namespace ToolRuntime.Load.Server;

/// <summary>The checkout that this program was built in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Orleans.ToolRuntime.sln"))) return folder;
        }

        return Directory.GetCurrentDirectory();
    }
}
