using Bascule.Testing;
using YamlDotNet.RepresentationModel;

namespace Bascule.EndToEnd.WaysIn;

/// <summary>A pod of the samples, as Kubernetes would read it.</summary>
internal sealed class PodSample(string path)
{
    public YamlNode Pod { get; } = Documents(File.ReadAllText(RepositoryFolder.PathOf(path)))[1];

    /// <summary>What Kubernetes calls whoever runs in it, in its tokens.</summary>
    public string Subject =>
        $"system:serviceaccount:{Text(Pod["metadata"]["namespace"])}:{Text(Pod["spec"]["serviceAccountName"])}";

    public YamlNode Container(string name) =>
        All(Pod["spec"]["containers"]).Single(container => Text(container["name"]) == name);

    /// <summary>The token that Kubernetes projects into a volume.</summary>
    public YamlNode Token(string volume) =>
        All(All(Pod["spec"]["volumes"]).Single(one => Text(one["name"]) == volume)["projected"]["sources"]).Single()[
            "serviceAccountToken"
        ];

    public IReadOnlyDictionary<string, string> Variables(string container) =>
        All(Container(container)["env"]).ToDictionary(one => Text(one["name"]), one => Text(one["value"]));

    public static string[] Texts(YamlNode list) => [.. All(list).Select(Text)];

    public static IEnumerable<YamlNode> All(YamlNode list) => ((YamlSequenceNode)list).Children;

    public static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    public static List<YamlNode> Documents(string text)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(text);
        stream.Load(reader);
        return [.. stream.Documents.Select(document => document.RootNode)];
    }
}
