using Microsoft.Extensions.Configuration;

namespace ToolRuntime.Gateway.Tests;

/// <summary>Settings below <c>ToolRuntime:</c> that can change while the server runs.</summary>
internal sealed class SettingsSource : ConfigurationProvider, IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public void Replace(IEnumerable<(string Name, object Value)> settings)
    {
        Data = settings.ToDictionary(setting => $"ToolRuntime:{setting.Name}", setting => setting.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        OnReload();
    }
}
