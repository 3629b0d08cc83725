namespace ToolRuntime.Load.Server;

/// <summary>The built gateway.</summary>
internal sealed record GatewayProgram(string File)
{
    public string Folder => Path.GetDirectoryName(File)!;

    /// <summary>Whether the web page is beside it.</summary>
    public bool HasPage => System.IO.File.Exists(Path.Combine(Folder, "wwwroot", "index.html"));

    public static GatewayProgram? Find(string? path)
    {
        var file = Path.GetFullPath(path ?? Path.Combine(Repository.Root, "artifacts", "bin", "ToolRuntime.Gateway", "release", "ToolRuntime.Gateway"));
        if (Directory.Exists(file)) file = Path.Combine(file, "ToolRuntime.Gateway");
        return System.IO.File.Exists(file) ? new(file) : null;
    }
}
