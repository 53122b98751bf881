namespace Bascule.Connectors.Platforms.ApiManagement.Source;

/// <summary>Whether a finding stands in the way.</summary>
public enum ApimSeverity
{
    Error,
    Warning,
}

/// <summary>What becomes of something that a rule finds.</summary>
public enum ApimStance
{
    Allow,
    Warn,
    Refuse,
}

/// <summary>Which rule a finding is of; its name in lower case with underscores is what people and scripts see.</summary>
public enum ApimRule
{
    /// <summary>A file that is not known, is not deployed, or is missing beside another one.</summary>
    Layout,

    /// <summary>A name that the service, or a path below it, does not take.</summary>
    Name,

    /// <summary>Two files describe one resource.</summary>
    Duplicate,

    /// <summary>A file or the folder is larger than it may be.</summary>
    Size,

    /// <summary>Not plain UTF-8, or it holds characters that cannot be seen.</summary>
    Encoding,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>Files of another repository.</summary>
    Submodule,

    /// <summary>A Git LFS pointer stands in place of the content.</summary>
    Pointer,

    /// <summary>Not JSON as it must be, or without the members that it must have.</summary>
    Json,

    /// <summary>An override that is not understood, or names nothing that exists.</summary>
    Override,

    /// <summary>The document that operations come from does not parse, or contradicts itself.</summary>
    Specification,

    /// <summary>A document that wants another file or address to be read.</summary>
    ExternalReference,

    /// <summary>Not XML as a policy must be.</summary>
    Xml,

    /// <summary>Not a policy as the service knows it.</summary>
    Policy,

    /// <summary>The rules forbid the element.</summary>
    Denied,

    /// <summary>The rules ask for an element that does not take effect.</summary>
    Required,

    /// <summary>A section without <c>base</c> drops what is above it.</summary>
    Base,

    /// <summary>Any origin may call with the caller's credentials.</summary>
    Cors,

    /// <summary>A policy calls, or sends callers to, a host that is not in the rules' list.</summary>
    Host,

    /// <summary>A C# expression where the rules allow none.</summary>
    Expression,

    /// <summary>A secret in clear.</summary>
    Secret,

    /// <summary>What is referred to is neither in the commit nor in the rules' list of what exists.</summary>
    Reference,
}

/// <summary>One thing that is wrong, where it is, and what to do about it.</summary>
/// <param name="Path">In the repository.</param>
/// <param name="Line">From 1.</param>
/// <param name="Text">One line that is safe to show.</param>
public sealed record ApimFinding(string Path, int Line, ApimRule Rule, ApimSeverity Severity, string Text);
