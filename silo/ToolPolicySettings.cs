using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using ToolRuntime.Runners.Policies;

namespace ToolRuntime.Silo;

/// <summary>A tool's policy from configuration: what its own section leaves out, the section <c>Default</c> says, and what that leaves out the environment (<c>TOOL_CACHE_TTL</c>).</summary>
internal sealed class ToolPolicySettings(IConfigurationSection tools, IConfiguration environment) : IConfigureNamedOptions<ToolPolicyOptions>
{
    public void Configure(string? name, ToolPolicyOptions options)
    {
        if (environment["TOOL_CACHE_TTL"] is { Length: > 0 }) options.CacheSeconds = environment.GetValue<int>("TOOL_CACHE_TTL");
        tools.GetSection("Default").Bind(options);
        if (!string.IsNullOrEmpty(name)) tools.GetSection(name).Bind(options);
    }

    public void Configure(ToolPolicyOptions options) => Configure(null, options);
}
