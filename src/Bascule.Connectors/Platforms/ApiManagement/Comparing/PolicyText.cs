using System.Xml;
using System.Xml.Linq;

namespace Bascule.Connectors.Platforms.ApiManagement.Comparing;

/// <summary>Policies as what they mean: the service indents them anew, and drops comments.</summary>
internal static class PolicyText
{
    /// <summary>Far above the 16 KB that the service takes.</summary>
    private const int MaxCharacters = 1024 * 1024;

    /// <summary>Whether both do the same. What is not well-formed is the same only letter by letter.</summary>
    public static bool IsSame(string one, string other) =>
        one == other || (Read(one) is { } first && Read(other) is { } second && XNode.DeepEquals(first, second));

    /// <summary>Null when it is not well-formed. No DTD, no entity, nothing from elsewhere (THREATS T126).</summary>
    private static XElement? Read(string text)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            MaxCharactersInDocument = MaxCharacters,
        };
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), settings);
            return Plain(XElement.Load(reader, LoadOptions.PreserveWhitespace));
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>Attributes in one order; space between elements left out, that around words too.</summary>
    private static XElement Plain(XElement element) =>
        new(
            element.Name,
            element
                .Attributes()
                .OrderBy(attribute => attribute.Name.ToString(), StringComparer.Ordinal)
                .Select(attribute => new XAttribute(attribute)),
            Texts(element)
        );

    private static IEnumerable<XNode> Texts(XElement element)
    {
        foreach (var node in element.Nodes())
            if (node is XElement child)
                yield return Plain(child);
            else if (node is XText text && text.Value.Trim() is { Length: > 0 } words)
                yield return new XText(words);
    }
}
