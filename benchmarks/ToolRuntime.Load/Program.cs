using ToolRuntime.Load;
using ToolRuntime.Load.Figures;
using ToolRuntime.Load.Scenarios;
using ToolRuntime.Load.Server;
using ToolRuntime.Load.Stores;

if (args is ["idle-sessions", .. var rest]) return await IdleSessions.RunAsync(rest);
if (args is ["blob-upload", .. var sizes]) return await BlobUpload.RunAsync(sizes);
if (args is ["search", .. var search]) return await SearchLines.RunAsync(search);
if (LoadOptions.Parse(args, out var problem) is not { } options)
{
    await Console.Error.WriteLineAsync($"{problem}\n\n{LoadOptions.Usage}\nscenarios:\n{ScenarioList.Describe()}");
    return 2;
}

if (GatewayProgram.Find(options.Gateway) is not { } gateway)
{
    await Console.Error.WriteLineAsync("There is no built gateway. Build it with: dotnet build -c Release gateway");
    return 2;
}

// All clients come without a key, and so share the limits of one.
Environment.SetEnvironmentVariable("ToolRuntime__Access__Limits__Connections", "0");
using var data = new DataFolder(options.Data);
var report = new Report(MachineFacts.Collect(data, gateway));
Console.WriteLine(report.Machine);
var all = true;
foreach (var scenario in ScenarioList.Choose(options.Scenarios, options.Place))
{
    Console.WriteLine($"\n{scenario.Name}: {scenario.Purpose}");
    if (!scenario.Places.HasFlag(options.Place))
    {
        await Console.Error.WriteLineAsync($"  {scenario.Name} runs in these places only: {scenario.Places}");
        return 2;
    }

    await using var run = new ScenarioRun(scenario.Name, options, data, gateway, report);
    try
    {
        await scenario.RunAsync(run).WaitAsync(scenario.Limit(options));
    }
    catch (Exception exception)
    {
        all = false;
        report.Add(Figure.Failed(scenario.Name, exception.Message));
        Console.WriteLine($"  failed: {exception}\n{run.ServerLog}");
    }
}

Console.WriteLine();
Console.WriteLine(report.Table());
if (options.Out is { } file) await File.WriteAllTextAsync(file, report.Json());
return all ? 0 : 1;
