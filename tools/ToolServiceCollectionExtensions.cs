using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ToolRuntime.Processes;
using ToolRuntime.Tools.Attach;
using ToolRuntime.Tools.Blobs;
using ToolRuntime.Tools.Code;
using ToolRuntime.Tools.Computer;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Images;
using ToolRuntime.Tools.Mcp;
using ToolRuntime.Tools.Named;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Tools.Processes.Table;
using ToolRuntime.Tools.Sandboxes;
using ToolRuntime.Tools.Shell;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Tools;

/// <summary>Registration of the tools that come with the runtime.</summary>
public static class ToolServiceCollectionExtensions
{
    /// <summary>
    /// Adds every built-in tool as an <see cref="ITool"/>, and the watchdog that ends their processes when this process dies.
    /// </summary>
    /// <param name="services">Where to add them.</param>
    /// <param name="section">The section <c>ToolRuntime</c>, with <c>Shell</c>, <c>Code</c>, <c>Processes</c>, <c>Files</c>, <c>Web</c> and <c>Search</c> in it. Wrong values stop the host at its start.</param>
    /// <param name="environment">Where <c>TAVILY_API_KEY</c>, <c>FIRECRAWL_API_KEY</c> and the like are; the section goes before it.</param>
    public static IServiceCollection AddBuiltInTools(this IServiceCollection services, IConfiguration section, IConfiguration? environment = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<ShellOptions>().Bind(section.GetSection("Shell")).ValidateDataAnnotations()
            .Validate(CommandPolicy.IsUsable, "A list of ToolRuntime:Shell has a regular expression that can't be used (look-around and references back are not supported).")
            .ValidateOnStart();
        services.AddOptions<TerminalOptions>().Bind(section.GetSection("Terminal")).ValidateDataAnnotations()
            .Validate(TerminalStart.IsUsable, "ToolRuntime:Terminal:RulesFolder is no folder with rules for boundaries, or one of them can't be used.").ValidateOnStart();
        services.AddOptions<NamedProcessOptions>().Bind(section.GetSection("NamedProcesses")).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ProcessOptions>().Bind(section.GetSection("Processes")).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<CodeOptions>().Bind(section.GetSection("Code")).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<FileToolOptions>().Bind(section.GetSection("Files")).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<AttachOptions>().Bind(section.GetSection("Attach")).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ProcessTableOptions>().Bind(section.GetSection("ProcessTable")).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<OwnProcesses>().AddSingleton<IProcessTable, HostProcesses>();
        services.AddSingleton<ControlGroups>().AddSingleton<ProcessWatchdog>().AddSingleton<ProcessLauncher>().AddSingleton<CommandRuns>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<ControlGroups>());
        services.AddSingleton<Isolation>().AddSingleton<IHostedService>(provider => provider.GetRequiredService<Isolation>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<ProcessWatchdog>());
        services.AddSingleton<IWorkspaceReader, WorkspaceReader>().AddSingleton<IWorkspaceEditor, WorkspaceEditor>();
        services.AddSandbox(section.GetSection("Sandbox"), environment);
        return services
            .AddSingleton<TerminalStart>()
            .AddSingleton<ITool, ShellTool>()
            .AddSingleton<ITool, TerminalTool>()
            .AddSingleton<ITool, NamedProcessTool>()
            .AddSingleton<ITool, AttachTool>()
            .AddSingleton<ITool, CodeTool>()
            .AddSingleton<ITool, FileReadTool>()
            .AddSingleton<ITool, FileWriteTool>()
            .AddSingleton<ITool, FileListTool>()
            .AddSingleton<ITool, FileReplaceLinesTool>()
            .AddSingleton<ITool, FilePublishTool>()
            .AddSingleton<ITool, ComputerTool>()
            .AddImages(section, environment)
            .AddWebTools(section, environment);
    }

    /// <summary>
    /// Adds the tools of the MCP servers that are configured, as an <see cref="IToolSource"/>. Needs the built-in tools, which bring what starts processes, and an <see cref="IRedactor"/>.
    /// </summary>
    /// <param name="services">Where to add them.</param>
    /// <param name="section">The section <c>ToolRuntime:Mcp</c>. Wrong values stop the host at its start; a server that is down does not.</param>
    public static IServiceCollection AddMcpServers(this IServiceCollection services, IConfiguration section)
    {
        services.AddOptions<McpOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<McpOptions>, McpOptionsValidator>();
        services.AddSingleton(provider => McpSecrets.Of(provider.GetRequiredService<IOptions<McpOptions>>().Value));
        services.AddSingleton<McpServers>();
        services.AddSingleton<IToolSource>(provider => provider.GetRequiredService<McpServers>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<McpServers>());
        return services;
    }
}
