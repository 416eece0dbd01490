<#-- One line a dependency: what it is and what it may be used under. Versions stand in the POMs. -->
<#setting locale="en_US">
<#assign lines = [] />
<#list dependencyMap as entry>
  <#assign project = entry.getKey() />
  <#assign name = project.groupId + ":" + project.artifactId?replace("native-(cpu|cu[0-9]+)$", "native", "r") />
  <#assign lines = lines + [name + "  " + entry.getValue()?join(" or ")] />
</#list>
<#list lines?sort as line>
${line}
</#list>
