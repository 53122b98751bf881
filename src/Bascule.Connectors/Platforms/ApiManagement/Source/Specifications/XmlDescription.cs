using System.Xml;

namespace Bascule.Connectors.Platforms.ApiManagement.Source.Specifications;

/// <summary>WSDL and WADL: XML that may name other files to be read, and must not here.</summary>
internal static class XmlDescription
{
    /// <summary>Elements that bring in another document, and the attributes that say which.</summary>
    private static readonly string[] Importing = ["import", "include", "redefine", "override"];
    private static readonly string[] Addresses = ["location", "schemaLocation", "href"];

    /// <summary>False, with findings, when it is not well-formed or wants another document.</summary>
    public static bool IsSelfContained(SourceFile file, ApimSourceLimits limits, ApimFindings findings)
    {
        var isFine = true;
        var line = 1;
        try
        {
            using var reader = BoundedXml.Open(file.Text, limits.FileBytes);
            while (reader.Read())
            {
                line = (reader as IXmlLineInfo)?.LineNumber ?? 1;
                if (BoundedXml.FaultOf(reader) is { } fault)
                    Refuse(ApimRule.Specification, fault);
                else if (ImportIn(reader) is { } address)
                    Refuse(
                        ApimRule.ExternalReference,
                        $"imports {ApimFindings.Quote(address)}, which leads out of the document; copy what is there into it"
                    );
            }
        }
        catch (XmlException fault)
        {
            line = Math.Max(1, fault.LineNumber);
            Refuse(ApimRule.Specification, BoundedXml.Sentence(fault));
        }
        return isFine;

        void Refuse(ApimRule rule, string text)
        {
            isFine = false;
            findings.Error(file.Path, line, rule, text);
        }
    }

    private static string? ImportIn(XmlReader reader) =>
        reader.NodeType is XmlNodeType.Element && Importing.Contains(reader.LocalName)
            ? Addresses.Select(name => reader.GetAttribute(name)).FirstOrDefault(address => address is { Length: > 0 })
            : null;
}
