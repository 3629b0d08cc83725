using System.Globalization;
using k8s.Models;
using ToolRuntime.CommandLine;
using ToolRuntime.Deploy.Tests.Support;
using ToolRuntime.Silo.Clustering;
using YamlDotNet.Core;

namespace ToolRuntime.Deploy.Tests;

/// <summary>The manifests of Kubernetes against the programs that they run.</summary>
public sealed class ManifestTests
{
    private const int User = 1654;
    private const int ReadableByGroup = 288; // 0440

    public static TheoryData<string> Programs => new(Manifests.Programs);

    [Fact]
    public void Files_AreAllInTheKustomization()
    {
        var kustomization = StrictYaml.Read<KustomizationFile>(Repository.Deploy("kubernetes", Manifests.Kustomization));

        Assert.Equal(Manifests.Files().Select(Path.GetFileName), kustomization.Resources.Order(StringComparer.Ordinal));
        Assert.Equal(Manifests.One<V1Namespace>("toolruntime").Metadata.Name, kustomization.Namespace);
        Assert.Equal(Manifests.Programs.Select(program => Manifests.Container(program).Image), kustomization.Images.Select(image => image.Name));
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: Service\nmetadata: { name: x }\nspec: { prots: [] }")]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x, name: y }")]
    public void Reading_WhatKubernetesDoesNotKnow_Fails(string manifest) => Assert.ThrowsAny<YamlException>(() => Manifests.Parse(manifest).ToList());

    [Theory, MemberData(nameof(Programs))]
    public void Environment_IsWhatTheProgramReads(string program)
    {
        var environment = Manifests.Environment(program);

        Assert.Equal([], Support.Programs.Unread(program, environment.Keys));
        var cluster = Support.Programs.Cluster(environment);
        Assert.Equal(Manifests.One<V1Deployment>("silo").Spec.Template.Metadata.Labels["orleans/clusterId"], cluster.Id);
        Assert.Equal(ClusterConnection.ServiceId, Manifests.One<V1Deployment>("silo").Spec.Template.Metadata.Labels["orleans/serviceId"]);
        Assert.False(cluster.PrivateNetwork);
        Assert.Equal(program == "silo", cluster.Kubernetes);
    }

    [Theory, MemberData(nameof(Programs))]
    public void Arguments_AreOptionsOfTheProgramOfItsImage(string program)
    {
        var arguments = Manifests.Container(program).Args;

        Assert.Equal(Containerfile.Read().Stage(program).Json("CMD"), arguments.Take(2));
        Assert.Null(CommandLineCheck.Fault([.. arguments.Skip(2)], Support.Programs.Settings(program)));
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task Probes_AskForWhatTheProgramServesWhereItListens(string program)
    {
        var container = Manifests.Container(program);
        var served = await Support.Programs.ServedAsync(program);
        var listens = new Uri(container.Args[^1].Replace('*', 'x')).Port;

        Assert.All((V1Probe[])[container.StartupProbe, container.LivenessProbe, container.ReadinessProbe], probe =>
        {
            Assert.Contains(probe.HttpGet.Path, served);
            Assert.Equal(listens, Port(container, probe.HttpGet.Port));
        });
        Assert.Equal("/readyz", container.ReadinessProbe.HttpGet.Path);
        Assert.Equal("/healthz", container.LivenessProbe.HttpGet.Path);
        // What readiness asks may itself take 2 s.
        Assert.True(container.ReadinessProbe.TimeoutSeconds > 2);
    }

    [Fact]
    public void Ports_AreThoseOfTheSettingsAndTheImages()
    {
        var silo = Support.Programs.Cluster(Manifests.Environment("silo"));

        Assert.Equal(
            [("silo", silo.SiloPort), ("clients", silo.GatewayPort)],
            Manifests.Container("silo").Ports.Select(port => (port.Name, port.ContainerPort)).Take(2));
        Assert.All(Manifests.Programs, program => Assert.Equal(
            Containerfile.Read().Stage(program).Words("EXPOSE"),
            Manifests.Container(program).Ports.Select(port => port.ContainerPort.ToString(CultureInfo.InvariantCulture))));
    }

    [Fact]
    public void ServicesScalersBudgetsAndPolicies_PointAtWhatThereIs()
    {
        var pods = Manifests.Pods().ToList();
        foreach (var service in Manifests.All.OfType<V1Service>())
        {
            var container = Assert.Single(Selected(service.Spec.Selector)).Template.Spec.Containers[0];
            Assert.All(service.Spec.Ports, port => Assert.Contains(container.Ports, one => one.Name == port.TargetPort.Value));
        }

        Assert.All(
            Manifests.All.OfType<V1PodDisruptionBudget>(),
            budget => Assert.Equal(budget.Metadata.Name, Assert.Single(Selected(budget.Spec.Selector.MatchLabels)).Name));
        Assert.All(Manifests.All.OfType<V2HorizontalPodAutoscaler>(), scaler => Manifests.One<V1Deployment>(scaler.Spec.ScaleTargetRef.Name));
        Assert.Equal(Manifests.Programs.Order(), Manifests.All.OfType<V2HorizontalPodAutoscaler>().Select(scaler => scaler.Metadata.Name).Order());
        Assert.Equal(Manifests.Programs.Order(), Manifests.All.OfType<V1PodDisruptionBudget>().Select(budget => budget.Metadata.Name).Order());
        foreach (var policy in Manifests.All.OfType<V1NetworkPolicy>().Where(policy => policy.Spec.PodSelector.MatchLabels is not null))
        {
            var container = Assert.Single(Selected(policy.Spec.PodSelector.MatchLabels)).Template.Spec.Containers[0];
            Assert.All(policy.Spec.Ingress.SelectMany(rule => rule.Ports), port => Assert.Contains(container.Ports, one => one.Name == port.Port.Value));
        }

        IEnumerable<(string Name, V1PodTemplateSpec Template)> Selected(IDictionary<string, string> labels) =>
            pods.Where(pod => labels.All(label => pod.Template.Metadata.Labels.TryGetValue(label.Key, out var value) && value == label.Value));
    }

    [Theory, MemberData(nameof(Programs))]
    public void Stopping_LeavesTheProgramItsTime(string program)
    {
        var before = Manifests.Container(program).Lifecycle?.PreStop?.Sleep?.Seconds ?? 0;

        Assert.True(Manifests.Pod(program).TerminationGracePeriodSeconds > before + Support.Programs.TimeToStop(program).TotalSeconds);
        Assert.Equal("0", Manifests.One<V1Deployment>(program).Spec.Strategy.RollingUpdate.MaxUnavailable.Value);
    }

    [Theory, MemberData(nameof(Programs))]
    public void Copies_AreKeptApart(string program)
    {
        var apart = Assert.Single(Manifests.Pod(program).Affinity.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution).PodAffinityTerm;

        Assert.Equal("kubernetes.io/hostname", apart.TopologyKey);
        Assert.Equal(Manifests.One<V1Deployment>(program).Spec.Selector.MatchLabels, apart.LabelSelector.MatchLabels);
        Assert.Single(Manifests.Pod(program).TopologySpreadConstraints);
    }

    [Fact]
    public void Pods_MayNoMoreThanTheyMust() => Assert.All(Manifests.Pods(), pod =>
    {
        var (spec, container) = (pod.Template.Spec, Assert.Single(pod.Template.Spec.Containers));
        Assert.True(spec.SecurityContext.RunAsNonRoot);
        Assert.Equal("RuntimeDefault", spec.SecurityContext.SeccompProfile.Type);
        if (Manifests.Programs.Contains(pod.Name)) Assert.Equal(User, spec.SecurityContext.RunAsUser);
        Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        Assert.NotNull(container.Resources.Limits["memory"]);
        Assert.Equal(pod.Name != "silo", spec.AutomountServiceAccountToken == false);
        Assert.All(spec.Volumes ?? [], volume => Assert.Contains(container.VolumeMounts, mount => mount.Name == volume.Name));
        Assert.All((spec.Volumes ?? []).Where(volume => volume.Secret is not null), volume => Assert.Equal(ReadableByGroup, volume.Secret.DefaultMode));
    });

    [Fact]
    public void Secrets_AreNamedAndNotContained()
    {
        Assert.Empty(Manifests.All.OfType<V1Secret>());
        string[] secret = ["Secret", "Key", "Password", "ConnectionString"];
        Assert.DoesNotContain(
            Manifests.All.OfType<V1ConfigMap>().SelectMany(map => map.Data.Keys), name => secret.Any(word => name.EndsWith(word, StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Programs))]
    public void Files_ThatSettingsName_AreMounted(string program)
    {
        var files = Manifests.Environment(program)
            .Where(setting => setting.Key.EndsWith("File", StringComparison.Ordinal)).Select(setting => setting.Value).ToList();

        Assert.True(files.Count >= 3);
        Assert.All(files, file => Assert.Contains(
            Manifests.Container(program).VolumeMounts, mount => file.StartsWith($"{mount.MountPath}/", StringComparison.Ordinal)));
    }

    private static int Port(V1Container container, IntOrString port) => Assert.Single(container.Ports, one => one.Name == port.Value).ContainerPort;
}
