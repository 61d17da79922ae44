# A study: table -> numbers -> report. What a job depends on beside its inputs stands in its params.


rule analyse:
    input:
        script=ancient(script("analyse.py")),
        configuration=ancient(str(CONFIGURATION.path)),
        table=table,
    output:
        analysis=str(ANY.analysis),
        measurements=str(ANY.measurements),
    log:
        str(ANY.log("analyse")),
    conda:
        "../envs/lmm.yaml"
    resources:
        mem_mb=memory,
        runtime=minutes,
    params:
        data=lambda wildcards: inputs.data_digest(study_of(wildcards).source),
        settings=lambda wildcards: provenance.analysis_settings(study_of(wildcards)),
        code=code("analyse.py"),
    shell:
        "python3 {input.script:q} {input.configuration:q} {wildcards.study}"
        " {output.analysis:q} {output.measurements:q} 2> {log:q}"


rule report:
    input:
        script=ancient(script("report.py")),
        configuration=ancient(str(CONFIGURATION.path)),
        analysis=rules.analyse.output.analysis,
        measurements=rules.analyse.output.measurements,
    output:
        page=str(ANY.report / "report.html"),
        results=str(ANY.report / "results.json"),
        tables=directory(str(ANY.report / "tables")),
        figures=directory(str(ANY.report / "figures")),
    log:
        str(ANY.log("report")),
    conda:
        "../envs/lmm.yaml"
    resources:
        mem_mb=memory,
        runtime=minutes,
    params:
        folder=subpath(output.page, parent=True),
        history=lambda wildcards: str(places(CONFIGURATION, wildcards.study).history),
        earlier=earlier,
        basis=basis,
        analysis_code=code("analyse.py"),
        settings=lambda wildcards: provenance.report_settings(study_of(wildcards)),
        code=code("report.py"),
        templates=provenance.templates_digest(),
    shell:
        "python3 {input.script:q} {input.configuration:q} {wildcards.study}"
        " {input.analysis:q} {input.measurements:q} {params.history:q} {params.folder:q} 2> {log:q}"


# Asked for where a finished report is not shown: publishing follows a run, and this makes it one.
rule nudge:
    output:
        touch(NUDGE),
    params:
        moment=time.time_ns(),
