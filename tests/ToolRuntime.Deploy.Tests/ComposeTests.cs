using ToolRuntime.Deploy.Tests.Support;
using YamlDotNet.Core;

namespace ToolRuntime.Deploy.Tests;

/// <summary>The compose file against the programs that it runs.</summary>
public sealed class ComposeTests
{
    private static readonly ComposeFile Compose = ComposeFile.Read();

    [Theory]
    [InlineData("services: { redis: { imagge: redis } }")]
    [InlineData("services: { redis: { image: redis, image: redis } }")]
    public void Reading_WhatComposeDoesNotKnow_Fails(string text) => Assert.ThrowsAny<YamlException>(() => ComposeFile.Parse(text));

    [Fact]
    public void Services_AreTwoOfEach() => Assert.Equal(
        ["gateway gateway-1", "gateway gateway-2", "silo silo-1", "silo silo-2"],
        Compose.Ours().Select(one => $"{one.Program} {one.Name}").Order(StringComparer.Ordinal));

    [Fact]
    public void Environment_IsWhatTheProgramReads() => Assert.All(Compose.Ours(), one =>
    {
        Assert.Equal([], Programs.Unread(one.Program, one.Service.Environment.Keys));
        var cluster = Programs.Cluster(one.Service.Environment);
        Assert.True(cluster.PrivateNetwork);
        // It is reached by this name, so that it has to listen at the name's address.
        if (one.Program == "silo") Assert.Equal(one.Name, cluster.Address);
    });

    [Fact]
    public void Images_AreMadeFromTheContainerFile() => Assert.All(Compose.Ours(), one =>
    {
        var build = one.Service.Build!;
        var file = Path.GetFullPath(build.Dockerfile, Path.GetFullPath(build.Context, Repository.Deploy()));
        Assert.Equal(Repository.Deploy("Dockerfile"), file);
        Assert.Equal(one.Program, Containerfile.Read().Stage(build.Target).Name);
        Assert.StartsWith($"toolruntime-{one.Program}:", one.Service.Image, StringComparison.Ordinal);
    });

    [Fact]
    public void Ports_AreThoseOfTheProgramsOnThisMachineOnly()
    {
        Assert.All(Compose.Services.Values.SelectMany(service => service.Ports), port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
        foreach (var (program, _, service) in Compose.Ours())
        {
            var exposed = Containerfile.Read().Stage(program).Words("EXPOSE");
            var cluster = Programs.Cluster(service.Environment);
            if (program == "silo") Assert.Equal([$"{cluster.SiloPort}", $"{cluster.GatewayPort}"], exposed.Take(2));
            Assert.All(service.Ports.Select(port => port.Split(':')), port =>
            {
                Assert.Contains(port[2], exposed);
                Assert.Equal(int.Parse(port[1], null), cluster.PublicUrl!.Port);
            });
        }
    }

    [Fact]
    public void Stopping_LeavesTheProgramItsTime() => Assert.All(Compose.Ours(), one =>
        Assert.True(int.Parse(one.Service.StopGracePeriod![..^1], null) > Programs.TimeToStop(one.Program).TotalSeconds));

    [Fact]
    public void NetworksVolumesSecretsAndDependencies_Exist()
    {
        foreach (var service in Compose.Services.Values)
        {
            Assert.All(service.Networks, network => Assert.Contains(network, Compose.Networks.Keys));
            Assert.All(service.Secrets, secret => Assert.Contains(secret, Compose.Secrets.Keys));
            Assert.All(
                service.DependsOn, other => Assert.True(other.Value.Condition == "service_healthy" && Compose.Services[other.Key].Healthcheck is not null));
            foreach (var volume in service.Volumes.Select(volume => volume.Split(':')[0]))
            {
                Assert.True(volume[0] == '.' ? File.Exists(Path.GetFullPath(volume, Repository.Deploy())) : Compose.Volumes.ContainsKey(volume), volume);
            }

            Assert.All(
                service.Environment.Values.Where(value => value.StartsWith("/run/secrets/", StringComparison.Ordinal)),
                file => Assert.Contains(Path.GetFileName(file), service.Secrets));
        }

        // What only its owner has is in no file of the repository.
        var ignored = File.ReadAllLines(Repository.Path(".gitignore"));
        Assert.All(Compose.Secrets.Values, secret => Assert.Contains($"deploy/{Path.GetDirectoryName(secret.File)!.TrimStart('.', '/')}/", ignored));
        Assert.Contains("deploy/*.env", ignored);
    }

    [Fact]
    public void Programs_MayNoMoreThanTheyMust() => Assert.All(Compose.Ours(), one =>
    {
        Assert.True(one.Service.ReadOnly);
        Assert.Equal(["ALL"], one.Service.CapDrop);
        Assert.Equal(["no-new-privileges:true"], one.Service.SecurityOpt);
        Assert.NotNull(one.Service.MemLimit);
    });

    [Fact]
    public void Redis_KeepsWhatItIsGiven()
    {
        string[] inCompose = [.. Compose.Services["redis"].Command.Skip(1)];
        string[] inPods = [.. Manifests.One<k8s.Models.V1StatefulSet>("redis").Spec.Template.Spec.Containers[0].Args.Skip(2)];

        Assert.Equal(inCompose, inPods);
        Assert.Equal("yes", inCompose[Array.IndexOf(inCompose, "--appendonly") + 1]);
        Assert.Equal("noeviction", inCompose[Array.IndexOf(inCompose, "--maxmemory-policy") + 1]);
        Assert.Equal(Compose.Services["redis"].Image, Manifests.One<k8s.Models.V1StatefulSet>("redis").Spec.Template.Spec.Containers[0].Image);
    }
}
