using System.Collections.Concurrent;

namespace ToolRuntime.Tools.Tests.Sandboxes;

/// <summary>A sandbox of the stand-in: a folder, and sessions of processes in it.</summary>
internal sealed class StandInSandbox(string name, string labels, string url) : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolruntime-sandbox-");

    public string Id { get; } = Guid.NewGuid().ToString();

    public string Name => name;

    public string State { get; set; } = "creating";

    /// <summary>Where its programs start.</summary>
    public string Folder => folder.FullName;

    public string Workspace => Path.Combine(Folder, "workspace");

    public ConcurrentDictionary<string, ConcurrentQueue<StandInCommand>> Sessions { get; } = new();

    public StandInCommand? Find(string session, string command) => Sessions.GetValueOrDefault(session)?.FirstOrDefault(known => known.Id == command);

    public string Json => $$"""
        {"id":"{{Id}}","name":"{{name}}","organizationId":"o","state":"{{State}}","labels":{{labels}},"env":{},"public":false,"networkBlockAll":false,"target":"us","user":"daytona",
        "cpu":1,"gpu":0,"memory":1,"disk":3,"toolboxProxyUrl":"{{url}}/toolbox"{{(State == "error" ? ",\"errorReason\":\"no room\"" : "")}}}
        """;

    /// <summary>Ends all that runs in it.</summary>
    public void Kill()
    {
        foreach (var session in Sessions.Keys) End(session);
    }

    public bool End(string session)
    {
        if (!Sessions.TryRemove(session, out var commands)) return false;
        foreach (var command in commands) command.Kill();
        return true;
    }

    public void Dispose()
    {
        Kill();
        folder.Delete(recursive: true);
    }
}
