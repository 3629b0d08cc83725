using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using ToolRuntime.Runners.Policies;

namespace ToolRuntime.Silo;

/// <summary>A tool's policy from configuration: what its own section leaves out, the section <c>Default</c> says.</summary>
internal sealed class ToolPolicySettings(IConfigurationSection tools) : IConfigureNamedOptions<ToolPolicyOptions>
{
    public void Configure(string? name, ToolPolicyOptions options)
    {
        tools.GetSection("Default").Bind(options);
        if (!string.IsNullOrEmpty(name)) tools.GetSection(name).Bind(options);
    }

    public void Configure(ToolPolicyOptions options) => Configure(null, options);
}
