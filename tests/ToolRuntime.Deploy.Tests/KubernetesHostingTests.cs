using k8s;
using k8s.Models;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting.Kubernetes;
using Orleans.Runtime;
using ToolRuntime.CommandLine;
using ToolRuntime.Deploy.Tests.Support;
using ToolRuntime.Silo;
using ToolRuntime.Silo.Clustering;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Deploy.Tests;

/// <summary>A silo as a pod, with the environment of the manifest, a real Redis, and a Kubernetes that only answers what it is asked.</summary>
public sealed class KubernetesHostingTests : IDisposable
{
    private const string Name = "silo-7d9f-x2k4p";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolruntime-pod-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Silo_OfAPod_BearsItsNameAndAsksForNoMoreThanItsRoleAllows()
    {
        await using var redis = await RedisServer.StartOwnAsync();
        await using var api = await FakeKubernetes.StartAsync(new()
        {
            Metadata = new() { Name = Name, NamespaceProperty = "toolruntime", Labels = Manifests.One<V1Deployment>("silo").Spec.Template.Metadata.Labels },
        });
        Environment.SetEnvironmentVariable(KubernetesHostingOptions.PodNameEnvironmentVariable, Name);
        Environment.SetEnvironmentVariable(KubernetesHostingOptions.PodNamespaceEnvironmentVariable, "toolruntime");
        Environment.SetEnvironmentVariable(SiloAddresses.PodAddress, "127.0.0.1");
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        // Certificates and fixed ports are others' tests.
        var settings = Manifests.Environment("silo").Where(one => one.Value.Length > 0 && !one.Key.EndsWith("File", StringComparison.Ordinal))
            .Where(one => !one.Key.EndsWith("Port", StringComparison.Ordinal))
            .Append(new("redis", redis.Address)).Append(new("ToolRuntime__Data__Path", folder.FullName)).Append(new("ToolRuntime__Runners__GraceSeconds", "0"));
        builder.Configuration.AddInMemoryCollection(
            settings.Select(one => KeyValuePair.Create(one.Key.Replace("__", ":", StringComparison.Ordinal), (string?)one.Value)));
        builder.Logging.SetMinimumLevel(LogLevel.None);
        await using var cluster = await ClusterConnection.OpenAsync(builder.Configuration);
        builder.AddToolRuntimeSilo(builder.Configuration.GetSection(KnownSettings.Root), cluster!);
        builder.Services.Configure<KubernetesHostingOptions>(pod => pod.GetClientConfiguration = () => new KubernetesClientConfiguration { Host = api.Address });
        using var host = builder.Build();
        await host.StartAsync();

        var endpoints = host.Services.GetRequiredService<IOptions<EndpointOptions>>().Value;
        var members = host.Services.GetRequiredService<IClusterMembershipService>().CurrentSnapshot.Members;
        var self = members[host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress];
        Assert.Equal((Name, SiloStatus.Active), (self.Name, self.Status));
        Assert.Equal("127.0.0.1", endpoints.AdvertisedIPAddress!.ToString());
        Assert.Equal(endpoints.SiloPort, endpoints.SiloListeningEndpoint!.Port);
        Assert.Equal(ClusterConnection.ServiceId, host.Services.GetRequiredService<IOptions<ClusterOptions>>().Value.ServiceId);
        await api.Watched.WaitAsync(TimeSpan.FromMinutes(1));
        await host.StopAsync();

        var rule = Assert.Single(Manifests.One<V1Role>("silo").Rules);
        Assert.Equal(["pods"], rule.Resources);
        Assert.Equal(rule.Verbs.Order(), api.Asked.Distinct().Order());
    }
}
