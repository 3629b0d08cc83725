using k8s;
using k8s.Models;

namespace ToolRuntime.Deploy.Tests.Support;

/// <summary>The manifests of <c>deploy/kubernetes</c>, read strictly: what Kubernetes' own model does not know, or what comes twice, is an error.</summary>
internal static class Manifests
{
    public const string Kustomization = "kustomization.yaml";

    /// <summary>The silo's and the gateway's names, as deployments, services, scalers and labels have them.</summary>
    public static readonly string[] Programs = ["silo", "gateway"];

    private static readonly Lazy<IReadOnlyList<IKubernetesObject<V1ObjectMeta>>> Read = new(() =>
        [.. Files().SelectMany(file => Parse(File.ReadAllText(file)))]);

    public static IReadOnlyList<IKubernetesObject<V1ObjectMeta>> All => Read.Value;

    public static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Repository.Deploy("kubernetes"), "*.yaml").Where(file => Path.GetFileName(file) != Kustomization).Order(StringComparer.Ordinal);

    public static IEnumerable<IKubernetesObject<V1ObjectMeta>> Parse(string text) =>
        KubernetesYaml.LoadAllFromString(text, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>();

    public static T One<T>(string name)
        where T : IKubernetesObject<V1ObjectMeta> => Assert.Single(All.OfType<T>(), one => one.Metadata.Name == name);

    public static V1PodSpec Pod(string program) => One<V1Deployment>(program).Spec.Template.Spec;

    public static V1Container Container(string program) => Assert.Single(Pod(program).Containers);

    /// <summary>All pods, by what makes them.</summary>
    public static IEnumerable<(string Name, V1PodTemplateSpec Template)> Pods() =>
        All.OfType<V1Deployment>().Select(one => (one.Metadata.Name, one.Spec.Template))
            .Concat(All.OfType<V1StatefulSet>().Select(one => (one.Metadata.Name, one.Spec.Template)));

    /// <summary>What a program is given in its environment, of which the values are in the manifests; those of secrets and fields are empty.</summary>
    public static IReadOnlyDictionary<string, string> Environment(string program)
    {
        var container = Container(program);
        var settings = (container.EnvFrom ?? []).Where(from => from.ConfigMapRef is not null).SelectMany(from => One<V1ConfigMap>(from.ConfigMapRef.Name).Data);
        return settings.Select(pair => (pair.Key, pair.Value)).Concat(container.Env.Select(env => (Key: env.Name, Value: env.Value ?? "")))
            .ToDictionary(pair => pair.Key, pair => pair.Value);
    }
}
